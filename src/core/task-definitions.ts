/** Task definitions: families, revisions and their life (Amazon ECS API, RegisterTaskDefinition …). */
import { inAccount, isArn, parseArn, taskDefinitionArn } from './arn.ts';
import { epochSeconds, type Core } from './context.ts';
import type {
  ContainerDefinition,
  Failure,
  RegisterTaskDefinitionInput,
  TaskDefinition,
} from './ecs-model.ts';
import { AppError } from './errors.ts';
import { readPage, type Page } from './paging.ts';
import type { Reader, Transaction } from './ports/store.ts';
import type { TaskDefinitionRecord, TaskFamilyRecord } from './records.ts';
import { scopeKey, type CallScope } from './scope.ts';
import { checkedTags } from './tags.ts';
import { checkCompatibility, checkRegistration } from './task-definition-rules.ts';
import { cpuUnits, memoryMiB } from './task-sizes.ts';
import { fargateRefusal } from './fargate.ts';

export async function registerTaskDefinition(
  core: Core,
  scope: CallScope,
  input: RegisterTaskDefinitionInput,
): Promise<TaskDefinitionRecord> {
  checkRegistration(input);
  const tags = checkedTags(input.tags);
  const draft = newDefinition(core, scope, input);
  checkCompatibility(draft);
  const family = input.family!;
  const familyId = `${scopeKey(scope)}/${family}`;
  return core.store.transact(async (tx) => {
    const known = await tx.taskFamilies.get(familyId);
    const revision = (known?.lastRevision ?? 0) + 1;
    const id = taskDefinitionArn(scope, family, revision);
    const record: TaskDefinitionRecord = {
      id,
      scope: scopeKey(scope),
      family,
      revision,
      sortKey: `${family}:${String(revision).padStart(10, '0')}`,
      status: 'ACTIVE',
      taskDefinition: { ...draft, taskDefinitionArn: id, revision },
      tags,
    };
    await tx.taskDefinitions.insert(record);
    await tx.taskFamilies.put({
      id: familyId,
      scope: scopeKey(scope),
      family,
      lastRevision: revision,
      activeCount: (known?.activeCount ?? 0) + 1,
      status: 'ACTIVE',
    });
    await emitDefinition(core, tx, record, 'CREATE');
    return record;
  });
}

function newDefinition(core: Core, scope: CallScope, input: RegisterTaskDefinitionInput): TaskDefinition {
  const { tags: _tags, ...given } = input;
  const definition: TaskDefinition = {
    ...given,
    containerDefinitions: input.containerDefinitions!.map((container) =>
      withDefaults(container, input.networkMode),
    ),
    volumes: (input.volumes ?? []).map((volume) => ({ host: {}, ...volume })),
    placementConstraints: input.placementConstraints ?? [],
    status: 'ACTIVE',
    registeredAt: epochSeconds(core.clock.now()),
    registeredBy: `arn:aws:iam::${scope.accountId}:root`,
    ...(input.cpu !== undefined && { cpu: cpuUnits(input.cpu) }),
    ...(input.memory !== undefined && { memory: memoryMiB(input.memory) }),
  };
  return { ...definition, compatibilities: compatibilities(definition) };
}

function withDefaults(container: ContainerDefinition, networkMode: string | undefined): ContainerDefinition {
  const samePort = networkMode === 'awsvpc' || networkMode === 'host';
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      protocol: mapping.protocol ?? 'tcp',
      hostPort: mapping.hostPort ?? (samePort ? mapping.containerPort! : 0),
    })),
  };
}

function compatibilities(definition: TaskDefinition): TaskDefinition['compatibilities'] {
  if (fargateRefusal(definition) === undefined) return ['EC2', 'FARGATE'];
  return definition.networkMode === 'awsvpc' ? ['EC2'] : ['EXTERNAL', 'EC2'];
}

/** Throws Client as DescribeTaskDefinition does. */
export async function describeTaskDefinition(
  core: Core,
  scope: CallScope,
  reference: string,
): Promise<TaskDefinitionRecord> {
  const record = await findTaskDefinition(core.store.read, scope, reference);
  if (!record) throw new AppError('Client', 'Unable to describe task definition.');
  return record;
}

/** By ARN, `family:revision`, or `family` for its latest ACTIVE revision. */
export async function findTaskDefinition(
  reader: Pick<Reader | Transaction, 'taskDefinitions'>,
  scope: CallScope,
  reference: string,
): Promise<TaskDefinitionRecord | undefined> {
  const named = parseReference(scope, reference);
  if (named.id) return reader.taskDefinitions.get(named.id);
  const [latest] = await reader.taskDefinitions.find({
    where: { scope: named.scope, family: named.family, status: 'ACTIVE' },
    orderBy: 'sortKey',
    descending: true,
    limit: 1,
  });
  return latest;
}

interface DefinitionName {
  scope: string;
  family: string;
  /** ARN, where a revision was named. */
  id?: string;
}

function parseReference(scope: CallScope, reference: string): DefinitionName {
  const parsed = isArn(reference) ? parseArn(reference) : undefined;
  if (isArn(reference) && parsed?.type !== 'task-definition') {
    throw new AppError('InvalidParameter', 'Invalid task definition ARN.');
  }
  if (parsed && !inAccount(scope, reference)) throw new AppError('Client', 'TaskDefinition not found.');
  const owner = parsed ?? scope;
  const [family, revision, ...rest] = (parsed?.path ?? reference).split(':');
  if (rest.length > 0) throw new AppError('Client', `Invalid task definition: '${reference.slice(0, 100)}'.`);
  if (revision === undefined) return { scope: scopeKey(owner), family: family! };
  if (!/^[1-9]\d{0,9}$/.test(revision)) {
    throw new AppError('Client', `Invalid revision number. Number: ${revision.slice(0, 40)}`);
  }
  return { scope: scopeKey(owner), family: family!, id: taskDefinitionArn(owner, family!, Number(revision)) };
}

export async function deregisterTaskDefinition(
  core: Core,
  scope: CallScope,
  reference: string,
): Promise<TaskDefinitionRecord> {
  const { id } = parseReference(scope, reference);
  if (!id) throw new AppError('Client', 'Revision is missing.');
  return core.store.transact(async (tx) => {
    const record = await tx.taskDefinitions.get(id);
    if (!record) throw new AppError('Client', 'The specified task definition does not exist.');
    if (record.status !== 'ACTIVE') return record;
    const inactive: TaskDefinitionRecord = {
      ...record,
      status: 'INACTIVE',
      taskDefinition: {
        ...record.taskDefinition,
        status: 'INACTIVE',
        deregisteredAt: epochSeconds(core.clock.now()),
      },
    };
    await tx.taskDefinitions.put(inactive);
    await lowerActiveCount(tx, record);
    await emitDefinition(core, tx, inactive, 'UPDATE');
    return inactive;
  });
}

async function lowerActiveCount(tx: Transaction, record: TaskDefinitionRecord): Promise<void> {
  const family = await tx.taskFamilies.get(`${record.scope}/${record.family}`);
  if (!family) return;
  const activeCount = family.activeCount - 1;
  const next: TaskFamilyRecord = { ...family, activeCount, status: activeCount > 0 ? 'ACTIVE' : 'INACTIVE' };
  await tx.taskFamilies.put(next);
}

/** Marks INACTIVE definitions DELETE_IN_PROGRESS; they vanish once no task uses them. */
export async function deleteTaskDefinitions(
  core: Core,
  scope: CallScope,
  references: readonly string[],
): Promise<{ records: TaskDefinitionRecord[]; failures: Failure[] }> {
  if (references.length === 0) throw new AppError('InvalidParameter', 'Task definitions cannot be empty.');
  if (references.length > 10) {
    throw new AppError('InvalidParameter', 'At most 10 task definitions can be deleted at once.');
  }
  const ids = references.map((reference) => {
    const { id } = parseReference(scope, reference);
    if (!id) throw new AppError('Client', 'Revision is missing.');
    return id;
  });
  return core.store.transact(async (tx) => {
    const records: TaskDefinitionRecord[] = [];
    const failures: Failure[] = [];
    for (const id of new Set(ids)) {
      const record = await tx.taskDefinitions.get(id);
      const reason = deletionRefusal(record);
      if (reason) failures.push({ arn: id, reason });
      else if (record!.status === 'DELETE_IN_PROGRESS') records.push(record!);
      else records.push(await markDeleted(core, tx, record!));
    }
    return { records, failures };
  });
}

function deletionRefusal(record: TaskDefinitionRecord | undefined): string | undefined {
  if (!record) return 'The specified task definition does not exist.';
  if (record.status === 'ACTIVE') {
    return 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';
  }
  return undefined;
}

async function markDeleted(
  core: Core,
  tx: Transaction,
  record: TaskDefinitionRecord,
): Promise<TaskDefinitionRecord> {
  const now = core.clock.now();
  const deleted: TaskDefinitionRecord = {
    ...record,
    status: 'DELETE_IN_PROGRESS',
    deleteRequestedAt: now,
    taskDefinition: {
      ...record.taskDefinition,
      status: 'DELETE_IN_PROGRESS',
      deleteRequestedAt: epochSeconds(now),
    },
  };
  await tx.taskDefinitions.put(deleted);
  await emitDefinition(core, tx, deleted, 'DELETE');
  return deleted;
}

export async function listTaskDefinitions(
  core: Core,
  scope: CallScope,
  input: {
    familyPrefix?: string | undefined;
    status?: string | undefined;
    sort?: string | undefined;
    maxResults?: number | undefined;
    nextToken?: string | undefined;
  },
): Promise<Page<TaskDefinitionRecord>> {
  const descending = input.sort === 'DESC';
  const where = {
    scope: scopeKey(scope),
    status: input.status ?? 'ACTIVE',
    ...(input.familyPrefix !== undefined && { family: input.familyPrefix }),
  };
  return readPage(
    core.store.read.taskDefinitions,
    { where, orderBy: 'sortKey', descending },
    (record) => record.sortKey,
    {
      question: ['ListTaskDefinitions', where, descending],
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      limit: 100,
    },
  );
}

export async function listTaskDefinitionFamilies(
  core: Core,
  scope: CallScope,
  input: {
    familyPrefix?: string | undefined;
    status?: string | undefined;
    maxResults?: number | undefined;
    nextToken?: string | undefined;
  },
): Promise<Page<TaskFamilyRecord>> {
  const status = input.status ?? 'ALL';
  const where = { scope: scopeKey(scope), ...(status !== 'ALL' && { status }) };
  const prefix = input.familyPrefix ? { field: 'family', value: input.familyPrefix } : undefined;
  return readPage(
    core.store.read.taskFamilies,
    { where, orderBy: 'family', ...(prefix && { prefix }) },
    (record) => record.family,
    {
      question: ['ListTaskDefinitionFamilies', where, input.familyPrefix],
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      limit: 100,
    },
  );
}

async function emitDefinition(
  core: Core,
  tx: Transaction,
  record: TaskDefinitionRecord,
  action: string,
): Promise<void> {
  await tx.emit({
    at: core.clock.now(),
    resource: 'task-definition',
    subject: record.id,
    action,
    detail: {
      taskDefinitionArn: record.id,
      family: record.family,
      revision: record.revision,
      status: record.status,
    },
  });
}
