import { afterEach, beforeEach, expect, it } from 'vitest';
import { SCOPE, register } from '../../test/fixtures/core.ts';
import { openLoopTest, type LoopTest } from '../../test/fixtures/task-loop.ts';
import { createCluster, deleteCluster } from '../core/clusters.ts';
import { deregisterContainerInstance, registerContainerInstance } from '../core/container-instances.ts';
import { createApiKey, revokeCredential } from '../core/credentials.ts';
import { ownerOfData } from '../core/principal.ts';
import { runTask } from '../core/run-task.ts';
import { deleteTaskDefinitions, deregisterTaskDefinition } from '../core/task-definitions.ts';
import { revokeToken } from '../core/users.ts';
import { Expiry } from './expiry.ts';

const HOUR = 3_600_000;
let test: LoopTest;
let expiry: Expiry;
let errors: unknown[];
beforeEach(async () => {
  test = await openLoopTest();
  errors = [];
  expiry = new Expiry({ core: test.core, logs: test.logs, onError: (error) => errors.push(error) });
});
afterEach(async () => {
  await expiry.close();
  await test.dispose();
});

const after = async (ms: number) => {
  test.clock.advance(ms);
  await expiry.sweep();
};

it('forgets a task and its output an hour after it stopped, and none that runs', async () => {
  const [ended, running] = [await test.run(), await test.run()];
  await test.reaches(running, 'RUNNING');
  await test.reaches(ended, 'RUNNING');
  await test.stop(ended);
  await test.reaches(ended, 'STOPPED');
  await after(HOUR);
  expect(await test.task(ended)).toBeDefined();
  expect(await test.logs.read(ended, 'c0', {})).toBeDefined();
  await after(1);
  expect(await test.task(ended)).toBeUndefined();
  expect(await test.logs.read(ended, 'c0', {})).toBeUndefined();
  await after(100 * HOUR);
  expect(await test.task(running)).toBeDefined();
});

it('forgets a key a month after its end, and a token that was given back an hour after its own', async () => {
  const core = { ...test.core, sealer: { seal: (text: string) => text, open: (text: string) => text } };
  const owner = ownerOfData(SCOPE.accountId);
  const { record: ending } = await createApiKey(core, owner, { role: 'viewer', ttlMs: HOUR });
  const { record: revoked } = await createApiKey(core, owner, { role: 'viewer' });
  const { record: good } = await createApiKey(core, owner, { role: 'viewer' });
  await revokeCredential(core, owner, revoked.id);
  await revokeToken(core, 'token', test.clock.now() + HOUR);
  const { read } = test.store;
  const kept = async () => (await read.credentials.find({ limit: 10 })).map(({ id }) => id);
  await after(2 * HOUR);
  expect(await read.revokedTokens.get('token')).toBeDefined();
  await after(1);
  expect(await read.revokedTokens.get('token')).toBeUndefined();
  await after(718 * HOUR - 1);
  expect((await kept()).sort()).toEqual([ending.id, revoked.id, good.id].sort());
  await after(1);
  expect((await kept()).sort()).toEqual([ending.id, good.id].sort());
  await after(HOUR);
  expect(await kept()).toEqual([good.id]);
});

it('forgets a deleted cluster and instance, with its ledger, after an hour', async () => {
  const cluster = await createCluster(test.core, SCOPE, { clusterName: 'old' });
  const instance = await registerContainerInstance(test.core, SCOPE, { cluster: 'old' });
  await deregisterContainerInstance(test.core, SCOPE, { cluster: 'old', containerInstance: instance.id });
  await deleteCluster(test.core, SCOPE, 'old');
  await after(HOUR);
  expect(await test.store.read.clusters.get(cluster.id)).toMatchObject({ status: 'INACTIVE' });
  await after(1);
  const { read } = test.store;
  expect(await read.clusters.get(cluster.id)).toBeUndefined();
  expect(await read.containerInstances.get(instance.id)).toBeUndefined();
  expect(await read.hosts.get(instance.hostId)).toBeUndefined();
  expect(await read.hosts.get(test.core.localHostId)).toBeDefined();
  expect(await read.clusters.find({ limit: 10 })).toHaveLength(1);
});

it('forgets a cluster of that name only while it is deleted', async () => {
  const { id } = await createCluster(test.core, SCOPE, { clusterName: 'again' });
  await deleteCluster(test.core, SCOPE, 'again');
  await createCluster(test.core, SCOPE, { clusterName: 'again' });
  await after(2 * HOUR);
  expect(await test.store.read.clusters.get(id)).toMatchObject({ status: 'ACTIVE' });
});

it('forgets a token after a day', async () => {
  const request = { taskDefinition: await register(test.core), clientToken: 'once' };
  const [first] = (await runTask(test.core, SCOPE, request)).records;
  await after(24 * HOUR);
  expect((await runTask(test.core, SCOPE, request)).records[0]!.id).toBe(first!.id);
  await after(1);
  expect((await runTask(test.core, SCOPE, request)).records[0]!.id).not.toBe(first!.id);
});

it('removes a deleted definition once nothing uses it, and never gives its revision out again', async () => {
  const arn = await test.run();
  const { taskDefinitionArn } = await test.reaches(arn, 'RUNNING');
  await deregisterTaskDefinition(test.core, SCOPE, taskDefinitionArn);
  await deleteTaskDefinitions(test.core, SCOPE, [taskDefinitionArn]);
  await after(10 * HOUR);
  const definition = () => test.store.read.taskDefinitions.get(taskDefinitionArn);
  expect(await definition()).toMatchObject({ status: 'DELETE_IN_PROGRESS' });
  await test.stop(arn);
  await test.reaches(arn, 'STOPPED');
  await expiry.sweep();
  expect(await definition()).toBeUndefined();
  expect(await register(test.core)).toMatch(/web:2$/);
});

it('keeps up, however much has ended since the last sweep', async () => {
  const tokens = Array.from({ length: 450 }, (_, index) => `token-${index}`);
  await test.store.transact(async (tx) => {
    for (const id of tokens)
      await tx.clientTokens.put({ id, requestHash: '', resourceArns: [], createdAt: 1 });
  });
  await expiry.sweep();
  expect(await test.store.read.clientTokens.find({ limit: 1000 })).toEqual([]);
});

it('leaves a cluster alone that was created again at that very moment', async () => {
  const { id } = await createCluster(test.core, SCOPE, { clusterName: 'again' });
  await deleteCluster(test.core, SCOPE, 'again');
  test.clock.advance(2 * HOUR);
  const transact = test.store.transact.bind(test.store);
  test.store.transact = async (mutation) => {
    test.store.transact = transact;
    await createCluster(test.core, SCOPE, { clusterName: 'again' });
    return transact(mutation);
  };
  await expiry.sweep();
  expect(await test.store.read.clusters.get(id)).toMatchObject({ status: 'ACTIVE' });
});

it('sweeps by itself, and goes on after a failure', async () => {
  const ended = await test.run([{ simulate: 'exit=0' }]);
  await test.until(async () => {
    test.clock.advance(0);
    expect((await test.task(ended)).phase).toBe('ended');
  });
  test.logs.remove = () => {
    test.logs.remove = async () => undefined;
    return Promise.reject(new Error('busy'));
  };
  test.clock.advance(2 * HOUR);
  expiry.start();
  test.clock.advance(30_000);
  await test.until(() => expect(errors).toHaveLength(1));
  await test.until(async () => {
    test.clock.advance(30_000);
    expect(await test.task(ended)).toBeUndefined();
  });
});
