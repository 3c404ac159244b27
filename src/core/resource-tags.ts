/** TagResource, UntagResource and ListTagsForResource over every kind of resource that has tags. */
import { inAccount, parseArn } from './arn.ts';
import type { Core } from './context.ts';
import type { Tag } from './ecs-model.ts';
import { AppError } from './errors.ts';
import type { Records } from './ports/store.ts';
import type { CallScope } from './scope.ts';
import { checkedTags, mergeTags, withoutTags } from './tags.ts';

/** ARN type to the table that keeps such resources. */
const TABLES = {
  cluster: 'clusters',
  task: 'tasks',
  'task-definition': 'taskDefinitions',
  'container-instance': 'containerInstances',
} as const satisfies Record<string, keyof Records>;

type TaggedTable = (typeof TABLES)[keyof typeof TABLES];

export async function tagResource(
  core: Core,
  scope: CallScope,
  resourceArn: string,
  tags: readonly Tag[],
): Promise<void> {
  const added = checkedTags(tags);
  await changeTags(core, scope, resourceArn, (current) => mergeTags(current, added));
}

export async function untagResource(
  core: Core,
  scope: CallScope,
  resourceArn: string,
  keys: readonly string[],
): Promise<void> {
  await changeTags(core, scope, resourceArn, (current) => withoutTags(current, keys));
}

export async function resourceTags(core: Core, scope: CallScope, resourceArn: string): Promise<Tag[]> {
  const record = await core.store.read[tableOf(scope, resourceArn)].get(resourceArn);
  if (!record) throw notFound(resourceArn);
  return record.tags;
}

async function changeTags(
  core: Core,
  scope: CallScope,
  resourceArn: string,
  change: (tags: Tag[]) => Tag[],
): Promise<void> {
  const table = tableOf(scope, resourceArn);
  await core.store.transact(async (tx) => {
    const record = await tx[table].get(resourceArn);
    if (!record) throw notFound(resourceArn);
    if (table === 'clusters' && 'status' in record && record.status === 'INACTIVE') {
      throw new AppError(
        'InvalidParameter',
        'The specified cluster is inactive. Specify an active cluster and try again.',
      );
    }
    await tx[table].put({ ...record, tags: change(record.tags) } as never);
  });
}

/** Throws as for what is not there where the resource is another account's. */
function tableOf(scope: CallScope, resourceArn: string): TaggedTable {
  const parsed = parseArn(resourceArn);
  if (!parsed)
    throw new AppError('InvalidParameter', 'Invalid resourceArn: it is not the ARN of an ECS resource.');
  if (!Object.hasOwn(TABLES, parsed.type)) {
    throw new AppError('InvalidParameter', `Resources of type '${parsed.type}' have no tags yet.`);
  }
  if (!inAccount(scope, resourceArn)) throw notFound(resourceArn);
  return TABLES[parsed.type as keyof typeof TABLES];
}

function notFound(resourceArn: string): AppError {
  const type = parseArn(resourceArn)!.type;
  if (type === 'cluster') return new AppError('ClusterNotFound', 'Cluster not found.');
  const noun = type.replace('-', ' ');
  return new AppError(
    'InvalidParameter',
    `The specified ${noun} is not found. Specify a valid ${noun} and try again.`,
  );
}
