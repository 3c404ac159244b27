/** Task operations (Amazon ECS API). */
import type { Core } from '../../../core/context.ts';
import type { Task } from '../../../core/ecs-model.ts';
import type { TaskRecord } from '../../../core/records.ts';
import { runTask, startTask } from '../../../core/run-task.ts';
import { describeTasks, listTasks, stopTask } from '../../../core/tasks.ts';
import type { EcsCall, Input, Output } from '../operation.ts';

type Call = EcsCall<Core>;

export async function RunTask(call: Call, input: Input<'RunTask'>): Promise<Output<'RunTask'>> {
  const { records, failures } = await runTask(call.core, call.scope, input);
  return { tasks: records.map(withTags), failures };
}

export async function StartTask(call: Call, input: Input<'StartTask'>): Promise<Output<'StartTask'>> {
  const { records, failures } = await startTask(call.core, call.scope, input);
  return { tasks: records.map(withTags), failures };
}

export async function StopTask(call: Call, input: Input<'StopTask'>): Promise<Output<'StopTask'>> {
  return { task: withTags(await stopTask(call.core, call.scope, input)) };
}

export async function DescribeTasks(
  call: Call,
  input: Input<'DescribeTasks'>,
): Promise<Output<'DescribeTasks'>> {
  const { records, failures } = await describeTasks(call.core, call.scope, input);
  const tagged = input.include?.includes('TAGS') ?? false;
  return { tasks: records.map((record) => (tagged ? withTags(record) : record.task)), failures };
}

export async function ListTasks(call: Call, input: Input<'ListTasks'>): Promise<Output<'ListTasks'>> {
  const { records, nextToken } = await listTasks(call.core, call.scope, input);
  return { taskArns: records.map((record) => record.id), nextToken };
}

/** Without tags the stored object itself is handed on, so that its wire form is made once. */
function withTags(record: TaskRecord): Task {
  return record.tags.length > 0 ? { ...record.task, tags: record.tags } : record.task;
}
