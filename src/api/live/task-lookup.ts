import { isArn, parseArn, shortId } from '../../core/arn.ts';
import type { Core } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { seesAccount, type Principal } from '../../core/principal.ts';
import type { TaskRecord } from '../../core/records.ts';
import { describeTasks } from '../../core/tasks.ts';

export interface TaskReference {
  /** ARN or id. */
  task: string;
  /** ARN or name; absent: that of the task's ARN, or `default`. */
  cluster: string | undefined;
}

/** Throws `ResourceNotFound`, also for what belongs to an account that the caller does not see. */
export async function findTask(
  core: Core,
  region: string,
  principal: Principal,
  { task, cluster }: TaskReference,
): Promise<TaskRecord> {
  const record = isArn(task)
    ? await core.store.read.tasks.get(task)
    : await taskById(core, region, principal, { task, cluster });
  const account = record && parseArn(record.id)?.accountId;
  const isInCluster =
    cluster === undefined || (record !== undefined && shortId(record.clusterArn) === shortId(cluster));
  if (record && account !== undefined && seesAccount(principal, account) && isInCluster) return record;
  throw new AppError('ResourceNotFound', `There is no task '${task.slice(0, 200)}'.`);
}

async function taskById(
  core: Core,
  region: string,
  principal: Principal,
  { task, cluster }: TaskReference,
): Promise<TaskRecord | undefined> {
  const scope = { region, accountId: principal.account };
  const { records } = await describeTasks(core, scope, { cluster, tasks: [task] });
  return records[0];
}
