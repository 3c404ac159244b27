/** Describe, list and stop tasks (Amazon ECS API, DescribeTasks, ListTasks, StopTask). */
import { clusterNameOf, isArn, parseArn, taskArn } from './arn.ts';
import { knownCluster } from './cluster-lookup.ts';
import { instanceArnFor } from './container-instances.ts';
import type { Core } from './context.ts';
import type { Failure, ListTasksInput } from './ecs-model.ts';
import { AppError } from './errors.ts';
import { readPage, type Page } from './paging.ts';
import type { ClusterRecord, TaskRecord } from './records.ts';
import type { CallScope } from './scope.ts';
import { asStopRequested, changeTask } from './task-transitions.ts';

export async function describeTasks(
  core: Core,
  scope: CallScope,
  input: { cluster?: string | undefined; tasks: readonly string[] },
): Promise<{ records: TaskRecord[]; failures: Failure[] }> {
  const { tasks } = input;
  if (tasks.length === 0) throw new AppError('InvalidParameter', 'Tasks cannot be empty.');
  if (tasks.length > 100)
    throw new AppError('InvalidParameter', 'At most 100 tasks can be described at once.');
  const cluster = await knownCluster(core.store.read, scope, input.cluster);
  const arns = [...new Set(tasks.map((reference) => taskArnFor(cluster, reference)))];
  const found = await core.store.read.tasks.getMany(arns);
  const records: TaskRecord[] = [];
  const failures: Failure[] = [];
  arns.forEach((arn, index) => {
    const record = found[index];
    if (record?.clusterArn === cluster.id) records.push(record);
    else failures.push({ arn, reason: 'MISSING' });
  });
  return { records, failures };
}

/** ARN of a task given by ARN or id. */
export function taskArnFor(cluster: ClusterRecord, reference: string): string {
  if (isArn(reference)) return reference;
  const id = reference.slice(reference.lastIndexOf('/') + 1);
  return taskArn(parseArn(cluster.id)!, clusterNameOf(cluster.id), id);
}

export async function listTasks(
  core: Core,
  scope: CallScope,
  input: ListTasksInput,
): Promise<Page<TaskRecord>> {
  const cluster = await knownCluster(core.store.read, scope, input.cluster);
  const filters = {
    containerInstanceArn: input.containerInstance && instanceArnFor(cluster, input.containerInstance),
    family: input.family,
    startedBy: input.startedBy,
    serviceName: input.serviceName && clusterNameOf(input.serviceName),
    launchType: input.launchType,
  };
  const where = {
    clusterArn: cluster.id,
    desiredStatus: input.desiredStatus ?? 'RUNNING',
    ...(Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >),
  };
  return readPage(core.store.read.tasks, { where }, (record) => record.id, {
    question: ['ListTasks', where],
    maxResults: input.maxResults,
    nextToken: input.nextToken,
    limit: 100,
  });
}

/** Asks the task to stop; the task loop does the rest. Asking again changes nothing. */
export async function stopTask(
  core: Core,
  scope: CallScope,
  input: { cluster?: string | undefined; task: string; reason?: string | undefined },
): Promise<TaskRecord> {
  const cluster = await knownCluster(core.store.read, scope, input.cluster);
  const id = taskArnFor(cluster, input.task);
  const record = await changeTask(core, id, (current) =>
    current.clusterArn !== cluster.id || current.desiredStatus === 'STOPPED'
      ? current
      : asStopRequested(current, 'UserInitiated', input.reason ?? 'Task stopped by user', core.clock.now()),
  );
  if (record?.clusterArn !== cluster.id)
    throw new AppError('InvalidParameter', 'The referenced task was not found.');
  core.wakeTask(id);
  return record;
}
