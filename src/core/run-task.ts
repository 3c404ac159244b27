/** RunTask and StartTask: accept a task durably, with its place and its reservation, and tell the task loop. */
import { randomBytes } from 'node:crypto';
import { clusterNameOf, taskArn } from './arn.ts';
import { providersFor } from './capacity-strategy.ts';
import { activeCluster, homeOf, knownCluster } from './cluster-lookup.ts';
import { instancesByReference } from './container-instances.ts';
import { judgeTask } from './container-policy.ts';
import type { Core } from './context.ts';
import type {
  Failure,
  PlacementConstraint,
  RunTaskInput,
  StartTaskInput,
  Tag,
  TaskOverride,
} from './ecs-model.ts';
import { AppError } from './errors.ts';
import { fargateRefusal, platformVersion } from './fargate.ts';
import { earlierResources, rememberResources, tokenUse } from './idempotency.ts';
import { newTaskRecord, type NewTask } from './new-task.ts';
import { groupsAsked, place, resourceRefusal, type Candidate } from './placement.ts';
import { candidatesFor, reserve, type PlacementNeeds } from './reservations.ts';
import type { Reader, Transaction } from './ports/store.ts';
import type { ClusterRecord, Reservation, TaskDefinitionRecord, TaskRecord } from './records.ts';
import { scopeKey, type CallScope } from './scope.ts';
import { checkedTags } from './tags.ts';
import { findTaskDefinition } from './task-definitions.ts';
import { cpuUnits, memoryMiB } from './task-sizes.ts';
import { demandOf, taskSpec } from './task-spec.ts';
import { refuseUnsupported } from './unsupported.ts';

/** The quota of a cluster on AWS (Amazon ECS endpoints and quotas). */
const MOST_INSTANCES = 5000;

export interface StartedTasks {
  records: TaskRecord[];
  failures: Failure[];
}

export async function runTask(core: Core, scope: CallScope, input: RunTaskInput): Promise<StartedTasks> {
  const count = input.count ?? 1;
  if (count < 1 || count > 10) throw new AppError('InvalidParameter', 'Count must be between 1 and 10.');
  const token = input.clientToken
    ? tokenUse(scopeKey(scope), 'RunTask', input.clientToken, input)
    : undefined;
  const known = token && (await earlierResources(core.store.read, token));
  if (known) return recordsOf(core.store.read, known);
  const plan = await planTask(core, scope, input);
  const started = await core.store.transact(async (tx) => {
    const earlier = token && (await earlierResources(tx, token));
    if (earlier) return { ...(await recordsOf(tx, earlier)), repeated: true };
    const cluster = await activeCluster(tx, scope, input.cluster);
    const home = homeOf(cluster);
    const result: StartedTasks = { records: [], failures: [] };
    for (const launch of launchesOf(plan, cluster, input, count)) {
      const draft = draftTask(home, cluster, plan, launch, input);
      const placed = launch.launchType === 'FARGATE' ? {} : await findPlace(tx, cluster, draft, input, plan);
      if ('failures' in placed) {
        result.failures.push(...placed.failures);
        break;
      }
      result.records.push(await acceptTask(core, home, tx, { ...draft, ...placed }));
    }
    // Where nothing was started, the same request may be tried again.
    if (token && result.records.length > 0) {
      await rememberResources(
        tx,
        token,
        result.records.map((record) => record.id),
        core.clock.now(),
      );
    }
    return { ...result, repeated: false };
  });
  if (!started.repeated) for (const record of started.records) core.wakeTask(record.id);
  return { records: started.records, failures: started.failures };
}

/** Places a task on the named instances, without choosing and without looking at constraints. */
export async function startTask(core: Core, scope: CallScope, input: StartTaskInput): Promise<StartedTasks> {
  const plan = await planTask(core, scope, input);
  const started = await core.store.transact(async (tx) => {
    const cluster = await activeCluster(tx, scope, input.cluster);
    const home = homeOf(cluster);
    const { records: instances, failures } = await instancesByReference(
      tx,
      cluster,
      input.containerInstances ?? [],
    );
    if (instances.length > 10) {
      throw new AppError('InvalidParameter', 'At most 10 container instances can be named at once.');
    }
    const result: StartedTasks = { records: [], failures: [...failures] };
    for (const instance of instances) {
      const draft = draftTask(home, cluster, plan, { launchType: 'EC2' }, input);
      const needs = needsOf(draft);
      const [candidate] = await candidatesFor(tx, [instance], needs);
      const reason =
        instance.status === 'INACTIVE' || !candidate ? 'INACTIVE' : resourceRefusal(candidate, needs);
      if (reason || !candidate) {
        result.failures.push({ arn: instance.id, reason });
        continue;
      }
      const placed = { instance, reservation: reservationOn(candidate, needs) };
      result.records.push(await acceptTask(core, home, tx, { ...draft, ...placed }));
    }
    return result;
  });
  for (const record of started.records) core.wakeTask(record.id);
  return started;
}

/** What both calls check before they touch anything. */
interface TaskPlan {
  definition: TaskDefinitionRecord;
  overrides: TaskOverride;
  tags: Tag[];
}

async function planTask(
  core: Core,
  scope: CallScope,
  input: RunTaskInput | StartTaskInput,
): Promise<TaskPlan> {
  const tags = checkedTags(input.tags);
  if ((input.startedBy ?? '').length > 128) {
    throw new AppError('InvalidParameter', 'startedBy can have at most 128 characters.');
  }
  await knownCluster(core.store.read, scope, input.cluster);
  const definition = await findTaskDefinition(core.store.read, scope, input.taskDefinition!);
  if (!definition) throw new AppError('Client', 'TaskDefinition not found.');
  if (definition.status !== 'ACTIVE') throw new AppError('InvalidParameter', 'TaskDefinition is inactive');
  const { taskDefinition } = definition;
  refuseUnsupported(taskDefinition);
  const architecture = taskDefinition.runtimePlatform?.cpuArchitecture;
  if (architecture && architecture.toLowerCase() !== core.engine.architecture) {
    throw new AppError(
      'PlatformTaskDefinitionIncompatibility',
      `The task definition is for ${architecture}, this machine is ${core.engine.architecture.toUpperCase()}.`,
    );
  }
  checkNetwork(taskDefinition.networkMode, input);
  const overrides = input.overrides ?? {};
  const probe = taskSpec({ ...specBase(scope), launchType: 'EC2', definition: taskDefinition, overrides });
  await judgeTask(probe, core.machine);
  const propagated = input.propagateTags === 'TASK_DEFINITION' ? definition.tags : [];
  return {
    definition,
    overrides,
    tags: [...propagated.filter((tag) => !tags.some(({ key }) => key === tag.key)), ...tags],
  };
}

function checkNetwork(networkMode: string | undefined, input: RunTaskInput | StartTaskInput): void {
  const configuration = input.networkConfiguration?.awsvpcConfiguration;
  if (networkMode === 'awsvpc') {
    if (!configuration) {
      throw new AppError(
        'InvalidParameter',
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      );
    }
    if (!configuration.subnets?.length) throw new AppError('InvalidParameter', 'subnets can not be empty.');
    return;
  }
  if (configuration) {
    throw new AppError(
      'InvalidParameter',
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  }
}

function specBase(scope: CallScope) {
  return { taskArn: 'arn:aws:ecs:::task/', taskId: '', clusterArn: '', region: scope.region };
}

interface Launch {
  launchType: string;
  capacityProvider?: string;
  platformVersion?: string;
}

/** How each of `count` tasks is launched: by the launch type given, or by capacity provider strategy. */
function launchesOf(plan: TaskPlan, cluster: ClusterRecord, input: RunTaskInput, count: number): Launch[] {
  if (input.launchType && input.capacityProviderStrategy?.length) {
    throw new AppError(
      'InvalidParameter',
      'Specify either Launch Type or Capacity Provider Strategy, but not both.',
    );
  }
  const strategy = input.capacityProviderStrategy?.length
    ? input.capacityProviderStrategy
    : (cluster.cluster.defaultCapacityProviderStrategy ?? []);
  const byStrategy = !input.launchType && strategy.length > 0;
  const unknown =
    byStrategy &&
    strategy.find((item) => !cluster.cluster.capacityProviders?.includes(item.capacityProvider!));
  if (unknown) {
    throw new AppError(
      'InvalidParameter',
      `The capacity provider '${unknown.capacityProvider}' is not associated with the cluster.`,
    );
  }
  const launchType = input.launchType ?? (byStrategy ? 'FARGATE' : 'EC2');
  if (!['EC2', 'FARGATE', 'EXTERNAL'].includes(launchType)) {
    throw new AppError('InvalidParameter', 'launch type should be one of [EC2,FARGATE,EXTERNAL]');
  }
  if (launchType !== 'FARGATE') {
    if (input.platformVersion) {
      throw new AppError(
        'InvalidParameter',
        `The platform version must be null when specifying an ${launchType} launch type.`,
      );
    }
    return Array.from({ length: count }, () => ({ launchType }));
  }
  checkFargate(plan);
  const version = { launchType, platformVersion: platformVersion(input.platformVersion) };
  if (!byStrategy) return Array.from({ length: count }, () => version);
  return providersFor(strategy, count).map((capacityProvider) => ({ ...version, capacityProvider }));
}

/** With the sizes that this call asks for. */
function checkFargate({ definition: { taskDefinition }, overrides }: TaskPlan): void {
  const why = fargateRefusal({
    ...taskDefinition,
    cpu: cpuUnits(overrides.cpu) ?? taskDefinition.cpu,
    memory: memoryMiB(overrides.memory) ?? taskDefinition.memory,
  });
  if (why) {
    throw new AppError('InvalidParameter', `Task definition does not support launch_type FARGATE. ${why}`);
  }
}

function draftTask(
  scope: CallScope,
  cluster: ClusterRecord,
  plan: TaskPlan,
  launch: Launch,
  input: RunTaskInput | StartTaskInput,
): NewTask {
  const taskId = randomBytes(16).toString('hex');
  const spec = taskSpec({
    taskArn: taskArn(scope, clusterNameOf(cluster.id), taskId),
    taskId,
    clusterArn: cluster.id,
    region: scope.region,
    launchType: launch.launchType,
    definition: plan.definition.taskDefinition,
    overrides: plan.overrides,
  });
  return {
    ...launch,
    spec,
    cluster,
    definition: plan.definition,
    overrides: plan.overrides,
    group: input.group ?? `family:${plan.definition.family}`,
    tags: plan.tags,
    startedBy: input.startedBy,
    enableExecuteCommand: input.enableExecuteCommand,
    networkConfiguration: input.networkConfiguration,
  };
}

function needsOf(draft: NewTask): PlacementNeeds {
  return { ...demandOf(draft.spec), group: draft.group, groups: 'none' };
}

async function findPlace(
  tx: Transaction,
  cluster: ClusterRecord,
  draft: NewTask,
  input: RunTaskInput,
  plan: TaskPlan,
): Promise<Pick<NewTask, 'instance' | 'reservation'> | { failures: Failure[] }> {
  const instances = await tx.containerInstances.find({
    where: { clusterArn: cluster.id, status: 'ACTIVE' },
    limit: MOST_INSTANCES,
  });
  if (instances.length === 0) {
    throw new AppError('InvalidParameter', 'No Container Instances were found in your cluster.');
  }
  const constraints: PlacementConstraint[] = [
    ...(input.placementConstraints ?? []),
    ...(plan.definition.taskDefinition.placementConstraints ?? []),
  ];
  const strategy = input.placementStrategy ?? [];
  const needs: PlacementNeeds = { ...needsOf(draft), groups: groupsAsked(constraints, strategy) };
  const placement = place(await candidatesFor(tx, instances, needs), { ...needs, constraints, strategy });
  if ('failures' in placement) return placement;
  return { instance: placement.chosen.instance, reservation: reservationOn(placement.chosen, needs) };
}

function reservationOn(candidate: Candidate, needs: PlacementNeeds): Reservation {
  return { hostId: candidate.host.id, cpu: needs.cpu, memoryMiB: needs.memoryMiB, ports: needs.ports };
}

async function acceptTask(core: Core, scope: CallScope, tx: Transaction, task: NewTask): Promise<TaskRecord> {
  const record = newTaskRecord(core, scope, task);
  if (record.reservation) await reserve(tx, record.id, record.reservation);
  await tx.tasks.insert(record);
  await tx.emit({
    at: core.clock.now(),
    resource: 'task',
    subject: record.id,
    action: 'CREATE',
    detail: { task: record.task },
  });
  return record;
}

async function recordsOf(reader: Pick<Reader, 'tasks'>, arns: string[]): Promise<StartedTasks> {
  const found = await reader.tasks.getMany(arns);
  const gone = arns.filter((_, index) => !found[index]);
  return {
    records: found.filter((record) => record !== undefined),
    // A token outlives its tasks: whoever repeats it that late is told so, not answered with nothing.
    failures: gone.map((arn) => ({ arn, reason: 'MISSING' })),
  };
}
