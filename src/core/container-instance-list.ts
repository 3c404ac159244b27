/** ListContainerInstances, with the cluster query language as its filter. */
import { knownCluster } from './cluster-lookup.ts';
import { parseClusterQuery, type Predicate } from './cluster-query.ts';
import type { Core } from './context.ts';
import { readPage, type Page } from './paging.ts';
import { asksForTasks, querySubject } from './placement.ts';
import type { ContainerInstanceRecord } from './records.ts';
import type { CallScope } from './scope.ts';

export interface ListContainerInstancesInput {
  cluster?: string | undefined;
  filter?: string | undefined;
  status?: string | undefined;
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/** Without a status, every instance that is not INACTIVE. A page can be shorter than asked for where a filter is given. */
export async function listContainerInstances(
  core: Core,
  scope: CallScope,
  input: ListContainerInstancesInput,
): Promise<Page<ContainerInstanceRecord>> {
  const cluster = await knownCluster(core.store.read, scope, input.cluster);
  const matches = input.filter ? parseClusterQuery(input.filter) : undefined;
  const status = input.status ? [input.status] : ['ACTIVE', 'DRAINING', 'REGISTERING', 'DEREGISTERING'];
  const where = { clusterArn: cluster.id, status };
  const page = await readPage(core.store.read.containerInstances, { where }, (record) => record.id, {
    question: ['ListContainerInstances', where, input.filter],
    maxResults: input.maxResults,
    nextToken: input.nextToken,
    limit: 100,
  });
  if (!matches) return page;
  const groupsOf = (id: string) => (asksForTasks(input.filter) ? taskGroups(core, id) : []);
  return { ...page, records: await filtered(page.records, matches, groupsOf) };
}

async function filtered(
  records: readonly ContainerInstanceRecord[],
  matches: Predicate,
  groupsOf: (id: string) => string[] | Promise<string[]>,
): Promise<ContainerInstanceRecord[]> {
  const kept = await Promise.all(
    records.map(async (record) => matches(querySubject(record, await groupsOf(record.id)))),
  );
  return records.filter((_, index) => kept[index]);
}

async function taskGroups(core: Core, containerInstanceArn: string): Promise<string[]> {
  const tasks = await core.store.read.tasks.find({
    where: { containerInstanceArn, desiredStatus: 'RUNNING' },
    limit: 1000,
  });
  return [...new Set(tasks.map((task) => task.group))];
}
