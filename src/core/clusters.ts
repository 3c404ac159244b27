/** Clusters: what is kept of them and what may change (Amazon ECS API, CreateCluster … PutClusterCapacityProviders). */
import { clusterArn, clusterNameOf, inAccount } from './arn.ts';
import { activeCluster, checkedClusterName, clusterArnFor, knownCluster } from './cluster-lookup.ts';
import { localInstance, removeLocalInstance } from './local-instance.ts';
import type { Core } from './context.ts';
import type {
  CapacityProviderStrategyItem,
  Cluster,
  ClusterSetting,
  CreateClusterInput,
  Failure,
} from './ecs-model.ts';
import { AppError } from './errors.ts';
import { readPage, type Page } from './paging.ts';
import type { Reader, Transaction } from './ports/store.ts';
import type { ClusterRecord } from './records.ts';
import { scopeKey, type CallScope } from './scope.ts';
import { checkedTags } from './tags.ts';
import { LIVE_STATUSES } from './task-transitions.ts';

/** Capacity providers that every account has; others come with CreateCapacityProvider. */
const BUILT_IN_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

/** Creates the cluster, or answers with the ACTIVE one of that name. */
export async function createCluster(
  core: Core,
  scope: CallScope,
  input: CreateClusterInput,
): Promise<ClusterRecord> {
  const name = checkedClusterName(input.clusterName ?? 'default');
  const tags = checkedTags(input.tags);
  checkStrategy(input.capacityProviders ?? [], input.defaultCapacityProviderStrategy ?? []);
  const id = clusterArn(scope, name);
  return core.store.transact(async (tx) => {
    const existing = await tx.clusters.get(id);
    if (existing?.status === 'ACTIVE') return existing;
    const record: ClusterRecord = {
      id,
      scope: scopeKey(scope),
      status: 'ACTIVE',
      cluster: newCluster(id, name, input),
      tags,
    };
    await tx.clusters.put(record);
    await tx.containerInstances.put(localInstance(core, scope, id));
    await emitCluster(core, tx, record, 'CREATE');
    return record;
  });
}

function newCluster(arn: string, name: string, input: CreateClusterInput): Cluster {
  return {
    clusterArn: arn,
    clusterName: name,
    status: 'ACTIVE',
    settings: mergeSettings([{ name: 'containerInsights', value: 'disabled' }], input.settings ?? []),
    capacityProviders: input.capacityProviders ?? [],
    defaultCapacityProviderStrategy: input.defaultCapacityProviderStrategy ?? [],
    ...(input.configuration && { configuration: input.configuration }),
    ...(input.serviceConnectDefaults?.namespace && {
      serviceConnectDefaults: { namespace: input.serviceConnectDefaults.namespace },
    }),
  };
}

/** Marks the cluster INACTIVE; it stays describable for a while and its name is free at once. */
export async function deleteCluster(core: Core, scope: CallScope, reference: string): Promise<ClusterRecord> {
  return core.store.transact(async (tx) => {
    const record = await knownCluster(tx, scope, reference);
    if (record.status !== 'ACTIVE') throw new AppError('ClusterNotFound', 'Cluster not found.');
    if ((await countTasks(tx, record.id, LIVE_STATUSES)) > 0) {
      throw new AppError('ClusterContainsTasks', 'The Cluster cannot be deleted while Tasks are active.');
    }
    await removeLocalInstance(core, tx, record.id);
    if ((await countInstances(tx, record.id)) > 0) {
      throw new AppError(
        'ClusterContainsContainerInstances',
        'The Cluster cannot be deleted while Container Instances are active or draining.',
      );
    }
    const deleted: ClusterRecord = {
      ...record,
      status: 'INACTIVE',
      inactiveAt: core.clock.now(),
      cluster: { ...record.cluster, status: 'INACTIVE' },
    };
    await tx.clusters.put(deleted);
    await emitCluster(core, tx, deleted, 'DELETE');
    return deleted;
  });
}

export interface ClusterChanges {
  settings?: ClusterSetting[];
  configuration?: Cluster['configuration'];
  serviceConnectDefaults?: Cluster['serviceConnectDefaults'];
  capacityProviders?: string[];
  defaultCapacityProviderStrategy?: CapacityProviderStrategyItem[];
}

/** What UpdateCluster, UpdateClusterSettings and PutClusterCapacityProviders have in common. */
export async function changeCluster(
  core: Core,
  scope: CallScope,
  reference: string | undefined,
  changes: ClusterChanges,
): Promise<ClusterRecord> {
  if (changes.capacityProviders) {
    checkStrategy(changes.capacityProviders, changes.defaultCapacityProviderStrategy ?? []);
  }
  return core.store.transact(async (tx) => {
    const record = await activeCluster(tx, scope, reference);
    const { settings, ...rest } = changes;
    const changed: ClusterRecord = {
      ...record,
      cluster: {
        ...record.cluster,
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
        ...(settings && { settings: mergeSettings(record.cluster.settings ?? [], settings) }),
      },
    };
    await tx.clusters.put(changed);
    await emitCluster(core, tx, changed, 'UPDATE');
    return changed;
  });
}

export async function describeClusters(
  core: Core,
  scope: CallScope,
  references: string[] | undefined,
): Promise<{ records: ClusterRecord[]; failures: Failure[] }> {
  const names = references?.length ? references : ['default'];
  if (names.length > 100)
    throw new AppError('InvalidParameter', 'At most 100 clusters can be described at once.');
  const arns = [...new Set(names.map((name) => clusterArnFor(scope, name)))];
  const stored = await core.store.read.clusters.getMany(arns);
  const found = stored.map((record, index) => (inAccount(scope, arns[index]!) ? record : undefined));
  const failures = arns.filter((_, index) => !found[index]).map((arn) => ({ arn, reason: 'MISSING' }));
  return { records: found.filter((record) => record !== undefined), failures };
}

export async function listClusters(
  core: Core,
  scope: CallScope,
  page: { maxResults?: number | undefined; nextToken?: string | undefined },
): Promise<Page<ClusterRecord>> {
  const where = { scope: scopeKey(scope), status: 'ACTIVE' };
  return readPage(core.store.read.clusters, { where }, (record) => record.id, {
    question: ['ListClusters', where],
    ...page,
    limit: 100,
  });
}

/** The cluster as Describe* shows it, with its counts of this moment. */
export async function clusterView(core: Core, record: ClusterRecord): Promise<Cluster> {
  const { read } = core.store;
  const [running, pending, instances] = await Promise.all([
    countTasks(read, record.id, ['RUNNING']),
    countTasks(read, record.id, ['PROVISIONING', 'PENDING', 'ACTIVATING']),
    countInstances(read, record.id),
  ]);
  return {
    ...record.cluster,
    registeredContainerInstancesCount: instances,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: 0,
  };
}

/** Tasks by state and launch type, as DescribeClusters shows them with STATISTICS. */
export async function clusterStatistics(
  core: Core,
  record: ClusterRecord,
): Promise<{ name: string; value: string }[]> {
  const count = (launchType: string, lastStatus: string) =>
    core.store.read.tasks.count({ clusterArn: record.id, launchType, lastStatus });
  const rows = [
    ['running', 'RUNNING'],
    ['pending', 'PENDING'],
  ].flatMap(([word, status]) =>
    [
      ['EC2', 'EC2'],
      ['Fargate', 'FARGATE'],
    ].map(async ([label, type]) => ({
      name: `${word}${label}TasksCount`,
      value: String(await count(type!, status!)),
    })),
  );
  return Promise.all(rows);
}

async function countTasks(
  reader: Pick<Reader, 'tasks'>,
  clusterArnOfTasks: string,
  statuses: readonly string[],
): Promise<number> {
  const counts = await Promise.all(
    statuses.map((lastStatus) => reader.tasks.count({ clusterArn: clusterArnOfTasks, lastStatus })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function countInstances(reader: Pick<Reader, 'containerInstances'>, arn: string): Promise<number> {
  const active = await reader.containerInstances.count({ clusterArn: arn, status: 'ACTIVE' });
  const draining = await reader.containerInstances.count({ clusterArn: arn, status: 'DRAINING' });
  return active + draining;
}

function mergeSettings(current: ClusterSetting[], changes: ClusterSetting[]): ClusterSetting[] {
  const merged = new Map(current.map((setting) => [setting.name, setting.value]));
  for (const { name, value } of changes) {
    if (!['enabled', 'disabled', 'enhanced'].includes(value ?? '')) {
      throw new AppError(
        'InvalidParameter',
        `Invalid value '${value}' for cluster setting '${name}': use enabled, enhanced or disabled.`,
      );
    }
    merged.set(name, value);
  }
  return [...merged].map(([name, value]) => ({ name, value }));
}

function checkStrategy(providers: string[], strategy: CapacityProviderStrategyItem[]): void {
  for (const provider of [...providers, ...strategy.map((item) => item.capacityProvider!)]) {
    if (!BUILT_IN_PROVIDERS.includes(provider)) {
      throw new AppError('InvalidParameter', `The specified capacity provider '${provider}' was not found.`);
    }
  }
  const unlisted = strategy.find((item) => !providers.includes(item.capacityProvider!));
  if (unlisted) {
    throw new AppError(
      'InvalidParameter',
      `Capacity provider '${unlisted.capacityProvider}' of the default strategy is not associated with the cluster.`,
    );
  }
  if (strategy.filter((item) => (item.base ?? 0) > 0).length > 1) {
    throw new AppError('InvalidParameter', 'Only one capacity provider of a strategy can have a base.');
  }
}

async function emitCluster(
  core: Core,
  tx: Transaction,
  record: ClusterRecord,
  action: string,
): Promise<void> {
  await tx.emit({
    at: core.clock.now(),
    resource: 'cluster',
    subject: record.id,
    action,
    detail: { clusterArn: record.id, clusterName: clusterNameOf(record.id), status: record.status },
  });
}
