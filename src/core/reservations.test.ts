import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openTestCore, register, SCOPE, type TestCore } from '../../test/fixtures/core.ts';
import { createCluster } from './clusters.ts';
import { deregisterContainerInstance, registerContainerInstance } from './container-instances.ts';
import type { HostPortRecord, HostRecord, TaskRecord } from './records.ts';
import { runTask, startTask } from './run-task.ts';
import { asFailedToStart, asStopped, changeTask } from './task-transitions.ts';
import { stopTask } from './tasks.ts';

const CLUSTERS = ['default', 'other'];
const NONE = { usedCpu: 0, usedMemoryMiB: 0 };

/** What the tasks that live hold, and what the ledger says of it. */
async function books({ store }: TestCore) {
  const live = await store.read.tasks.find({ where: { phase: 'live' }, limit: 1000 });
  const hosts = await store.read.hosts.find({ limit: 100 });
  const ports = await store.read.hostPorts.find({ limit: 1000 });
  return {
    held: sumsOf(live),
    ledger: hosts.map(entry),
    heldPorts: portsOf(live),
    ports: ports.map(portEntry),
  };
}

function sumsOf(live: readonly TaskRecord[]): Map<string, typeof NONE> {
  const sums = new Map<string, typeof NONE>();
  for (const { reservation } of live) {
    if (!reservation) continue;
    const { usedCpu, usedMemoryMiB } = sums.get(reservation.hostId) ?? NONE;
    sums.set(reservation.hostId, {
      usedCpu: usedCpu + reservation.cpu,
      usedMemoryMiB: usedMemoryMiB + reservation.memoryMiB,
    });
  }
  return sums;
}

const entry = ({ id, usedCpu, usedMemoryMiB }: HostRecord) => ({ id, usedCpu, usedMemoryMiB });
const portEntry = ({ id, taskArn }: HostPortRecord) => `${id} ${taskArn}`;
const portsOf = (live: readonly TaskRecord[]) =>
  live.flatMap(({ id, reservation }) =>
    (reservation?.ports ?? []).map(
      ({ hostPort, protocol }) => `${reservation!.hostId}/${protocol}/${hostPort} ${id}`,
    ),
  );

async function expectBalance(test: TestCore): Promise<void> {
  const { held, ledger, heldPorts, ports } = await books(test);
  expect(ledger).toEqual(ledger.map(({ id }) => ({ id, ...(held.get(id) ?? NONE) })));
  expect(ports.sort()).toEqual(heldPorts.sort());
}

type Step = (test: TestCore, instances: string[]) => Promise<unknown>;

/** Refusals are part of every history. */
const refused = () => undefined;

const anyTask = async (test: TestCore, pick: number): Promise<TaskRecord | undefined> => {
  const all = await test.store.read.tasks.find({ limit: 1000 });
  return all[pick % Math.max(1, all.length)];
};

const run = fc
  .record({
    cluster: fc.constantFrom(...CLUSTERS),
    count: fc.integer({ min: 1, max: 4 }),
    cpu: fc.constantFrom(0, 100, 3000),
    hostPort: fc.constantFrom(0, 8080, 8081),
    launchType: fc.constantFrom('EC2' as const, 'FARGATE' as const),
    named: fc.boolean(),
    fails: fc.boolean(),
  })
  .map(({ cluster, count, cpu, hostPort, launchType, named, fails }): Step => async (test, instances) => {
    const taskDefinition = await register(test.core, [
      { cpu, portMappings: [{ containerPort: 80, hostPort }] },
    ]);
    const transact = test.store.transact.bind(test.store);
    // A commit that is lost: a full disk, an error after the last write.
    if (fails)
      test.store.transact = (mutation) =>
        transact(async (tx) => {
          await mutation(tx);
          throw new Error('lost');
        });
    try {
      if (named)
        await startTask(test.core, SCOPE, { cluster, taskDefinition, containerInstances: instances });
      else await runTask(test.core, SCOPE, { cluster, taskDefinition, count, launchType });
    } finally {
      test.store.transact = transact;
    }
  });

const change = (transition: (record: TaskRecord, now: number) => TaskRecord) =>
  fc.nat(100).map((pick): Step => async (test) => {
    const task = await anyTask(test, pick);
    if (task) await changeTask(test.core, task.id, (current) => transition(current, test.clock.now()));
  });

const stop = fc.nat(100).map((pick): Step => async (test) => {
  const task = await anyTask(test, pick);
  if (task) await stopTask(test.core, SCOPE, { cluster: task.clusterArn, task: task.id });
});

const step = fc.oneof(
  { weight: 4, arbitrary: run },
  { weight: 1, arbitrary: stop },
  { weight: 1, arbitrary: change((record, now) => asFailedToStart(record, 'no such image', 'c0', now)) },
  { weight: 3, arbitrary: change(asStopped) },
  { weight: 1, arbitrary: fc.constant<Step>((test) => test.reopen()) },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((test, [containerInstance]) =>
      deregisterContainerInstance(test.core, SCOPE, { containerInstance, force: true }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((test, [containerInstanceArn]) =>
      registerContainerInstance(test.core, SCOPE, { containerInstanceArn }),
    ),
  },
);

it('says after any history exactly what the tasks that live hold', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const test = await openTestCore();
      try {
        await createCluster(test.core, SCOPE, { clusterName: 'other' });
        const { id } = await registerContainerInstance(test.core, SCOPE, {});
        const [local] = await test.store.read.containerInstances.find({
          where: { hostId: test.core.localHostId },
          limit: 1,
        });
        for (const next of steps) {
          await next(test, [id, local!.id]).catch(refused);
          await expectBalance(test);
        }
      } finally {
        await test.dispose();
      }
    }),
    { numRuns: 25 },
  );
});
