import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestCore, SCOPE, type TestCore } from '../../test/fixtures/core.ts';
import { instanceView } from './container-instances.ts';
import { localInstance, refreshLocalMachine } from './local-instance.ts';
import { clusterArn } from './arn.ts';

let test: TestCore;
beforeEach(async () => (test = await openTestCore()));
afterEach(() => test.dispose());

it('follows the engine of the last start, and keeps what tasks hold and what was set', async () => {
  const { core, store } = test;
  const { id } = localInstance(core, SCOPE, clusterArn(SCOPE, 'default'));
  await store.transact(async (tx) => {
    const record = (await tx.containerInstances.get(id))!;
    await tx.containerInstances.put({ ...record, status: 'DRAINING' });
    const host = (await tx.hosts.get(core.localHostId))!;
    await tx.hosts.put({ ...host, usedCpu: 512 });
  });

  core.engine = { ...core.engine, name: 'embedded', cpuUnits: 1024, memoryMiB: 2048 };
  await refreshLocalMachine(core);

  const record = (await store.read.containerInstances.get(id))!;
  const { attributes, remainingResources } = await instanceView(core, record);
  expect(record.status).toBe('DRAINING');
  expect(attributes).toContainEqual({ name: 'ecs.instance-type', value: 'longshore.embedded' });
  expect(remainingResources?.find(({ name }) => name === 'CPU')?.integerValue).toBe(512);
});
