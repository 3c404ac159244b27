import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestCore, register, SCOPE, type TestCore } from '../../test/fixtures/core.ts';
import { createCluster } from './clusters.ts';
import { instancesByReference, registerContainerInstance } from './container-instances.ts';
import { runTask } from './run-task.ts';
import { describeTasks } from './tasks.ts';

let test: TestCore;
beforeEach(async () => (test = await openTestCore()));
afterEach(() => test.dispose());

it('has lists, also while they are empty, where clients reach into them', async () => {
  const { records } = await runTask(test.core, SCOPE, { taskDefinition: await register(test.core) });
  const empty = { networkBindings: [], networkInterfaces: [], managedAgents: [], gpuIds: [] };
  expect(records[0]!.task.containers).toMatchObject([empty]);
});

it('puts a task and an instance into the region of their cluster, whatever region the call was signed for', async () => {
  const elsewhere = { ...SCOPE, region: 'eu-west-1' };
  const { id: cluster } = await createCluster(test.core, elsewhere, {});
  const taskDefinition = await register(test.core);
  const { records } = await runTask(test.core, SCOPE, { cluster, taskDefinition });
  const found = await describeTasks(test.core, SCOPE, { cluster, tasks: [records[0]!.shortId] });
  expect(found.records.map(({ id }) => id)).toEqual([records[0]!.id]);
  const instance = await registerContainerInstance(test.core, SCOPE, { cluster });
  expect(instance.scope).toBe('eu-west-1/000000000000');
  const { read } = test.store;
  const named = await instancesByReference(read, (await read.clusters.get(cluster))!, [
    instance.id.split('/').at(-1)!,
  ]);
  expect(named).toMatchObject({ records: [{ id: instance.id }], failures: [] });
});
