/** A container's output: from the engine while the task is there, from the archive after it. */
import type { Core } from './context.ts';
import { isArn, shortId } from './arn.ts';
import { AppError } from './errors.ts';
import type { Engine } from './ports/engine.ts';
import type { LogLine, LogQuery, LogStore } from './ports/logs.ts';
import { seesAccount, type Principal } from './principal.ts';
import type { TaskRecord } from './records.ts';
import { accountOf } from './scope.ts';

export async function readTaskLogs(
  core: Pick<Core, 'store'>,
  caller: Principal,
  sources: { engine: Pick<Engine, 'logs' | 'inspect'>; archive: LogStore },
  task: string,
  container: string,
  query: LogQuery,
): Promise<AsyncIterable<LogLine>> {
  const record = await findTask(core, task);
  if (!record || !seesAccount(caller, accountOf(record.scope)))
    throw new AppError('ResourceNotFound', `There is no task '${task.slice(0, 200)}'.`);
  const names = record.spec.containers.map(({ name }) => name);
  if (!names.includes(container)) {
    throw new AppError(
      'ResourceNotFound',
      `Task '${record.shortId}' has no container '${container.slice(0, 200)}'. It has: ${names.join(', ')}.`,
    );
  }
  if (record.phase === 'live') {
    const running = await sources.engine.inspect(record.id);
    if (running?.containers.some(({ name }) => name === container))
      return sources.engine.logs(record.id, container, query);
  }
  return (await sources.archive.read(record.id, container, query)) ?? nothing();
}

async function findTask(core: Pick<Core, 'store'>, reference: string): Promise<TaskRecord | undefined> {
  if (isArn(reference)) return core.store.read.tasks.get(reference);
  const [found] = await core.store.read.tasks.find({ where: { shortId: shortId(reference) }, limit: 1 });
  return found;
}

async function* nothing(): AsyncIterable<LogLine> {}
