import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestCore, register, SCOPE, type TestCore } from '../../test/fixtures/core.ts';
import { tokenUse } from './idempotency.ts';
import { runTask } from './run-task.ts';
import { deregisterTaskDefinition } from './task-definitions.ts';

let test: TestCore;
beforeEach(async () => {
  test = await openTestCore();
});
afterEach(() => test.dispose());

it('takes two spellings of one request as equal', () => {
  const hash = (request: object) => tokenUse('s', 'RunTask', 't', request).requestHash;
  expect(hash({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(hash({ b: { d: 2, c: [1, 2] }, a: 1 }));
  expect(hash({ a: [1, 2] })).not.toBe(hash({ a: [2, 1] }));
  expect(tokenUse('s', 'RunTask', 't', {}).id).not.toBe(tokenUse('s', 'CreateService', 't', {}).id);
});

it('answers a repeated RunTask with the same tasks, also at the same time and with the definition gone', async () => {
  const request = { taskDefinition: await register(test.core), count: 2, clientToken: 'once' };
  const answers = await Promise.all([1, 2, 3].map(() => runTask(test.core, SCOPE, request)));
  const ids = answers.map(({ records }) => records.map(({ id }) => id));
  expect(ids[0]).toHaveLength(2);
  expect(ids[1]).toEqual(ids[0]);
  expect(ids[2]).toEqual(ids[0]);
  expect(test.woken).toHaveLength(2);
  await deregisterTaskDefinition(test.core, SCOPE, request.taskDefinition);
  expect((await runTask(test.core, SCOPE, request)).records.map(({ id }) => id)).toEqual(ids[0]);
});

it('refuses a token that another request used, naming what that made', async () => {
  const taskDefinition = await register(test.core);
  const { records } = await runTask(test.core, SCOPE, { taskDefinition, clientToken: 'once' });
  await expect(
    runTask(test.core, SCOPE, { taskDefinition, count: 2, clientToken: 'once' }),
  ).rejects.toMatchObject({
    code: 'Conflict',
    details: { resourceIds: [records[0]!.id] },
  });
});

it('does not remember a token for which nothing could be started', async () => {
  const request = { taskDefinition: await register(test.core, [{ memory: 5000 }]), clientToken: 'again' };
  const held = await runTask(test.core, SCOPE, { taskDefinition: request.taskDefinition });
  expect((await runTask(test.core, SCOPE, request)).failures).toMatchObject([{ reason: 'RESOURCE:MEMORY' }]);
  await test.store.transact(async (tx) => {
    const host = (await tx.hosts.get(test.core.localHostId))!;
    await tx.hosts.put({ ...host, usedMemoryMiB: 0 });
  });
  const { records } = await runTask(test.core, SCOPE, request);
  expect(records.map(({ id }) => id)).not.toEqual(held.records.map(({ id }) => id));
  expect(records).toHaveLength(1);
});
