import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, register, SCOPE, type TestCore } from '../../test/fixtures/core.ts';
import type { EngineContainer, StartedTask } from './ports/engine.ts';
import type { TaskRecord } from './records.ts';
import { runTask } from './run-task.ts';
import {
  advanced,
  asFailedToStart,
  asRunning,
  asStarted,
  asStopped,
  asStopRequested,
  changeTask,
  withExits,
} from './task-transitions.ts';

const ORDER = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
] as const;
const NOW = 1_700_000_000_500;

let test: TestCore;
let record: TaskRecord;
beforeEach(async () => {
  test = await openTestCore();
  const containers = [{ name: 'web' }, { name: 'log', essential: false }];
  const taskDefinition = await register(test.core, containers);
  const { records } = await runTask(test.core, SCOPE, { taskDefinition });
  record = records[0]!;
});
afterEach(() => test.dispose());

const started = (): StartedTask => ({
  network: { address: '10.0.0.2', prefixLength: 24, gateway: '10.0.0.1', macAddress: '02:00:00:00:00:02' },
  bindings: [{ container: 'web', containerPort: 80, hostPort: 49153, protocol: 'tcp', bindIp: '127.0.0.1' }],
  containers: ['web', 'log'].map((name) => ({ name, runtimeId: `id-${name}`, startedAt: NOW - 100 })),
});
const exited = (...exits: (Partial<EngineContainer> & { name: string })[]) =>
  new Map(
    exits.map((exit) => [
      exit.name,
      { runtimeId: `id-${exit.name}`, state: 'exited' as const, exitCode: 0, ...exit },
    ]),
  );
const containerOf = (task: TaskRecord, name: string) =>
  task.task.containers!.find((found) => found.name === name);

it('never moves back, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ORDER), { maxLength: 20 }), (asked) => {
      let current = record;
      for (const status of asked) {
        const next = advanced(current, status);
        expect(ORDER.indexOf(next.lastStatus)).toBe(
          Math.max(ORDER.indexOf(current.lastStatus), ORDER.indexOf(status)),
        );
        expect(next.task.lastStatus).toBe(next.lastStatus);
        current = next;
      }
    }),
  );
});

it('shows what a start has made', () => {
  const running = asRunning(record, started(), NOW);
  expect(running.task).toMatchObject({
    lastStatus: 'RUNNING',
    connectivity: 'CONNECTED',
    connectivityAt: NOW / 1000,
    startedAt: (NOW - 100) / 1000,
  });
  expect(containerOf(running, 'web')).toMatchObject({
    lastStatus: 'RUNNING',
    runtimeId: 'id-web',
    networkBindings: [{ bindIP: '127.0.0.1', containerPort: 80, hostPort: 49153, protocol: 'tcp' }],
  });
  expect(asRunning(asStopped(record, NOW), started(), NOW).lastStatus).toBe('STOPPED');
});

describe('exits', () => {
  it('of an essential container stop the task', () => {
    const next = withExits(asRunning(record, started(), NOW), exited({ name: 'web', exitCode: 3 }), NOW);
    expect(next).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'RUNNING' });
    expect(next.task).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppingAt: NOW / 1000,
    });
    expect(containerOf(next, 'web')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 3 });
    expect(containerOf(next, 'log')).toMatchObject({ lastStatus: 'RUNNING' });
  });

  it('of another container leave it running', () => {
    const next = withExits(asRunning(record, started(), NOW), exited({ name: 'log', exitCode: 1 }), NOW);
    expect(next.desiredStatus).toBe('RUNNING');
    expect(containerOf(next, 'log')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 1 });
  });

  it('keep who asked for the stop first', () => {
    const stopping = asStopRequested(record, 'UserInitiated', 'enough', NOW);
    const next = withExits(stopping, exited({ name: 'web' }), NOW + 1);
    expect(next.task).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      stoppingAt: NOW / 1000,
    });
    expect(asStopRequested(stopping, 'EssentialContainerExited', 'later', NOW + 1)).toBe(stopping);
  });

  it('say when memory was short, and when nobody knows how it ended', () => {
    const next = withExits(
      record,
      exited({ name: 'web', exitCode: 137, oomKilled: true }, { name: 'log', exitCode: undefined }),
      NOW,
    );
    expect(containerOf(next, 'web')).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
    expect(containerOf(next, 'log')).toMatchObject({ lastStatus: 'STOPPED' });
    expect(containerOf(next, 'log')).not.toHaveProperty('exitCode');
    expect(containerOf(next, 'log')?.reason).toContain('no exit code');
  });

  it('told again change nothing', () => {
    const next = withExits(record, exited({ name: 'web' }), NOW);
    expect(withExits(next, exited({ name: 'web', exitCode: 9 }), NOW)).toBe(next);
    expect(withExits(record, exited({ name: 'stranger' }), NOW)).toBe(record);
  });

  it('before the start is told never show as RUNNING without a process', () => {
    const all = asStarted(record, started(), exited({ name: 'web' }, { name: 'log' }), NOW);
    expect(all).toMatchObject({ lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' });
    expect(all.task.startedAt).toBe((NOW - 100) / 1000);
    const one = asStarted(record, started(), exited({ name: 'web' }), NOW);
    expect(one).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' });
  });
});

it('names the cause of a failed start on the task and on its container', () => {
  const reason = `CannotPullContainerError: ${'x'.repeat(2000)}`;
  const { task } = asFailedToStart(record, reason, 'log', NOW);
  expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: reason.slice(0, 1024) });
  expect(task.containers!.map((container) => container.reason)).toEqual([undefined, reason.slice(0, 1024)]);
});

describe('in the store', () => {
  it('raises the version with each change, tells of it, and gives the place back once', async () => {
    const held = async () => (await test.store.read.hosts.get(test.core.localHostId))!.usedMemoryMiB;
    expect(await held()).toBe(256);
    for (const status of ORDER.slice(1, 4))
      await changeTask(test.core, record.id, (task) => advanced(task, status));
    const unchanged = await changeTask(test.core, record.id, (task) => task);
    expect(unchanged?.task.version).toBe(4);
    const stop = () => changeTask(test.core, record.id, (task) => asStopped(task, NOW));
    expect(await stop()).toMatchObject({
      phase: 'ended',
      stoppedAt: NOW,
      task: { version: 5, stoppedAt: NOW / 1000 },
    });
    await stop();
    expect(await held()).toBe(0);
    const events = await test.store.events(0, 100);
    const states = events
      .filter(({ subject, action }) => subject === record.id && action === 'STATUS_CHANGE')
      .map(({ detail }) => (detail.task as { lastStatus: string }).lastStatus);
    expect(states.slice(0, 4)).toEqual(['PENDING', 'ACTIVATING', 'RUNNING', 'STOPPED']);
    expect(await changeTask(test.core, 'unknown', (task) => task)).toBeUndefined();
  });
});
