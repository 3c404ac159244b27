/**
 * Container instances. The machine that Longshore runs on is one in every cluster, with one shared ledger of CPU and
 * memory; further ones can be registered and take part in placement (Amazon ECS API, RegisterContainerInstance …).
 */
import { randomBytes } from 'node:crypto';
import { clusterNameOf, containerInstanceArn, isArn, parseArn, shortId } from './arn.ts';
import { activeCluster, homeOf, knownCluster } from './cluster-lookup.ts';
import type { Core } from './context.ts';
import type {
  Attribute,
  ContainerInstance,
  Failure,
  RegisterContainerInstanceInput,
  Resource,
} from './ecs-model.ts';
import { AppError } from './errors.ts';
import type { Transaction } from './ports/store.ts';
import type { ClusterRecord, ContainerInstanceRecord, HostRecord } from './records.ts';
import { baseAttributes, instanceResources, newInstanceRecord } from './instance-record.ts';
import type { CallScope } from './scope.ts';
import { checkedTags } from './tags.ts';
import { LIVE_STATUSES } from './task-transitions.ts';

export async function registerContainerInstance(
  core: Core,
  scope: CallScope,
  input: RegisterContainerInstanceInput,
): Promise<ContainerInstanceRecord> {
  const tags = checkedTags(input.tags);
  return core.store.transact(async (tx) => {
    const cluster = await activeCluster(tx, scope, input.cluster);
    const home = homeOf(cluster);
    const given = await registeredBefore(tx, cluster, input.containerInstanceArn);
    const id = given ? shortId(given.id) : randomBytes(16).toString('hex');
    const cpu = integerResource(input.totalResources, 'CPU') ?? 1024;
    const memoryMiB = integerResource(input.totalResources, 'MEMORY') ?? 1024;
    const record = newInstanceRecord(core, home, cluster.id, {
      id,
      hostId: id,
      local: false,
      attributes: mergeAttributes(
        baseAttributes('x86_64', `${home.region}a`, 'external'),
        input.attributes ?? [],
      ),
      resources: input.totalResources?.length ? input.totalResources : instanceResources(cpu, memoryMiB),
      versionInfo: input.versionInfo ?? {},
      tags,
    });
    const host = await tx.hosts.get(id);
    await tx.hosts.put({ id, usedCpu: 0, usedMemoryMiB: 0, ...host, cpu, memoryMiB });
    await tx.containerInstances.put(record);
    await emitInstance(core, tx, record, 'CREATE');
    return record;
  });
}

/** The instance that registers again. */
async function registeredBefore(
  tx: Transaction,
  cluster: ClusterRecord,
  arn: string | undefined,
): Promise<ContainerInstanceRecord | undefined> {
  if (!arn) return undefined;
  const record = await tx.containerInstances.get(arn);
  if (record?.clusterArn !== cluster.id) throw new AppError('Client', 'Container instance not found.');
  if (record.local) {
    throw new AppError(
      'InvalidParameter',
      'This container instance is the machine that the server runs on, which registers by itself.',
    );
  }
  return record;
}

export async function deregisterContainerInstance(
  core: Core,
  scope: CallScope,
  input: {
    cluster?: string | undefined;
    containerInstance?: string | undefined;
    force?: boolean | undefined;
  },
): Promise<ContainerInstanceRecord> {
  return core.store.transact(async (tx) => {
    const cluster = await knownCluster(tx, scope, input.cluster);
    const record = await tx.containerInstances.get(instanceArnFor(cluster, input.containerInstance ?? ''));
    if (record?.clusterArn !== cluster.id || record.status === 'INACTIVE')
      throw new AppError('Client', 'Container instance not found.');
    if (record.local) {
      throw new AppError(
        'InvalidParameter',
        'This container instance is the machine that the server runs on. Set it to DRAINING to keep new tasks off it.',
      );
    }
    if (!input.force && (await countLive(tx, record.id)) > 0) {
      throw new AppError('InvalidParameter', 'Found running tasks on the instance.');
    }
    const gone: ContainerInstanceRecord = {
      ...record,
      status: 'INACTIVE',
      inactiveAt: core.clock.now(),
      containerInstance: { ...record.containerInstance, status: 'INACTIVE', agentConnected: false },
    };
    await tx.containerInstances.put(gone);
    await emitInstance(core, tx, gone, 'DELETE');
    return gone;
  });
}

export async function updateContainerInstancesState(
  core: Core,
  scope: CallScope,
  input: { cluster?: string | undefined; containerInstances: string[]; status: string },
): Promise<{ records: ContainerInstanceRecord[]; failures: Failure[] }> {
  const { status } = input;
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw new AppError('InvalidParameter', 'Container instance status should be one of [ACTIVE, DRAINING]');
  }
  if (input.containerInstances.length > 10) {
    throw new AppError('InvalidParameter', 'At most 10 container instances can be updated at once.');
  }
  return core.store.transact(async (tx) => {
    const cluster = await knownCluster(tx, scope, input.cluster);
    const { records, failures } = await instancesByReference(tx, cluster, input.containerInstances);
    const changed: ContainerInstanceRecord[] = [];
    for (const record of records) {
      if (record.status === 'INACTIVE') {
        failures.push({ arn: record.id, reason: 'INACTIVE' });
        continue;
      }
      const next = {
        ...record,
        status,
        containerInstance: {
          ...record.containerInstance,
          status,
          version: (record.containerInstance.version ?? 0) + 1,
        },
      } satisfies ContainerInstanceRecord;
      await tx.containerInstances.put(next);
      await emitInstance(core, tx, next, 'UPDATE');
      changed.push(next);
    }
    return { records: changed, failures };
  });
}

/** Records of the instances that a client named, with a MISSING failure for each one there is not. */
export async function instancesByReference(
  reader: Pick<Transaction, 'containerInstances'> | Core['store']['read'],
  cluster: ClusterRecord,
  references: readonly string[],
): Promise<{ records: ContainerInstanceRecord[]; failures: Failure[] }> {
  if (references.length === 0) throw new AppError('InvalidParameter', 'Container Instances cannot be empty.');
  if (references.length > 100) {
    throw new AppError('InvalidParameter', 'At most 100 container instances can be named at once.');
  }
  const arns = [...new Set(references.map((reference) => instanceArnFor(cluster, reference)))];
  const found = await reader.containerInstances.getMany(arns);
  return {
    records: found.filter(
      (record) => record !== undefined && record.clusterArn === cluster.id,
    ) as ContainerInstanceRecord[],
    failures: arns
      .filter((_, index) => found[index]?.clusterArn !== cluster.id)
      .map((arn) => ({ arn, reason: 'MISSING' })),
  };
}

/** ARN of an instance given by ARN or id. One given by ARN may be in any cluster of any account: compare its record's. */
export function instanceArnFor(cluster: ClusterRecord, reference: string): string {
  if (isArn(reference)) return reference;
  const parsed = parseArn(cluster.id)!;
  return containerInstanceArn(parsed, clusterNameOf(cluster.id), shortId(reference));
}

/** The instance as Describe* shows it, with what its tasks leave of it. */
export async function instanceView(core: Core, record: ContainerInstanceRecord): Promise<ContainerInstance> {
  const { read } = core.store;
  const count = (lastStatus: string) => read.tasks.count({ containerInstanceArn: record.id, lastStatus });
  const [host, ports, running, ...pending] = await Promise.all([
    read.hosts.get(record.hostId),
    read.hostPorts.find({ where: { hostId: record.hostId }, limit: 1000 }),
    count('RUNNING'),
    count('PROVISIONING'),
    count('PENDING'),
    count('ACTIVATING'),
  ]);
  return {
    ...record.containerInstance,
    remainingResources: remaining(
      record.containerInstance.registeredResources ?? [],
      host,
      ports.map((port) => port.id),
    ),
    runningTasksCount: running,
    pendingTasksCount: pending.reduce((sum, value) => sum + value, 0),
  };
}

function remaining(registered: Resource[], host: HostRecord | undefined, portIds: string[]): Resource[] {
  return registered.map((resource) => {
    if (resource.name === 'CPU')
      return { ...resource, integerValue: (resource.integerValue ?? 0) - (host?.usedCpu ?? 0) };
    if (resource.name === 'MEMORY') {
      return { ...resource, integerValue: (resource.integerValue ?? 0) - (host?.usedMemoryMiB ?? 0) };
    }
    const protocol =
      resource.name === 'PORTS' ? '/tcp/' : resource.name === 'PORTS_UDP' ? '/udp/' : undefined;
    if (!protocol) return resource;
    const used = portIds.filter((id) => id.includes(protocol)).map((id) => shortId(id));
    return { ...resource, stringSetValue: [...(resource.stringSetValue ?? []), ...used] };
  });
}

async function countLive(tx: Transaction, instanceArn: string): Promise<number> {
  const counts = await Promise.all(
    LIVE_STATUSES.map((lastStatus) => tx.tasks.count({ containerInstanceArn: instanceArn, lastStatus })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function integerResource(resources: Resource[] | undefined, name: string): number | undefined {
  return resources?.find((resource) => resource.name === name)?.integerValue;
}

function mergeAttributes(base: Attribute[], given: Attribute[]): Attribute[] {
  const names = new Set(given.map((attribute) => attribute.name));
  return [...base.filter((attribute) => !names.has(attribute.name)), ...given];
}

async function emitInstance(
  core: Core,
  tx: Transaction,
  record: ContainerInstanceRecord,
  action: string,
): Promise<void> {
  await tx.emit({
    at: core.clock.now(),
    resource: 'container-instance',
    subject: record.id,
    action,
    detail: { containerInstanceArn: record.id, clusterArn: record.clusterArn, status: record.status },
  });
}
