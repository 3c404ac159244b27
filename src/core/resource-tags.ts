/** TagResource, UntagResource and ListTagsForResource over every kind of resource that has tags. */
import { parseArn } from './arn.ts';
import type { Core } from './context.ts';
import type { Tag } from './ecs-model.ts';
import { AppError } from './errors.ts';
import type { Records } from './ports/store.ts';
import { checkedTags, mergeTags, withoutTags } from './tags.ts';

/** ARN type to the table that keeps such resources. */
const TABLES = {
  cluster: 'clusters',
  task: 'tasks',
  'task-definition': 'taskDefinitions',
  'container-instance': 'containerInstances',
} as const satisfies Record<string, keyof Records>;

type TaggedTable = (typeof TABLES)[keyof typeof TABLES];

export async function tagResource(core: Core, resourceArn: string, tags: readonly Tag[]): Promise<void> {
  const added = checkedTags(tags);
  await changeTags(core, resourceArn, (current) => mergeTags(current, added));
}

export async function untagResource(core: Core, resourceArn: string, keys: readonly string[]): Promise<void> {
  await changeTags(core, resourceArn, (current) => withoutTags(current, keys));
}

export async function resourceTags(core: Core, resourceArn: string): Promise<Tag[]> {
  const record = await core.store.read[tableOf(resourceArn)].get(resourceArn);
  if (!record) throw notFound(resourceArn);
  return record.tags;
}

async function changeTags(core: Core, resourceArn: string, change: (tags: Tag[]) => Tag[]): Promise<void> {
  const table = tableOf(resourceArn);
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

function tableOf(resourceArn: string): TaggedTable {
  const parsed = parseArn(resourceArn);
  if (!parsed)
    throw new AppError('InvalidParameter', 'Invalid resourceArn: it is not the ARN of an ECS resource.');
  if (!Object.hasOwn(TABLES, parsed.type)) {
    throw new AppError('InvalidParameter', `Resources of type '${parsed.type}' have no tags yet.`);
  }
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
