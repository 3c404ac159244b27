import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ContainerSpec, EngineEvent, TaskSpec } from '../../core/ports/engine.ts';
import type { LogQuery } from '../../core/ports/logs.ts';
import { plainContainer } from '../conformance/plain-container.ts';
import { SimulatedEngine } from './simulated-engine.ts';

/** Time stands still until `advance`. */
class ManualClock implements Clock {
  #now = 1_000_000;
  #timers = new Set<{ at: number; fn: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void) {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.#now)) {
      this.#timers.delete(timer);
      timer.fn();
    }
  }

  get pending(): number {
    return this.#timers.size;
  }
}

let clock: ManualClock;
let engine: SimulatedEngine;
let watching: AbortController;
let events: EngineEvent[];
let ended: Promise<void>;

beforeEach(() => {
  clock = new ManualClock();
  engine = new SimulatedEngine({ clock });
  watching = new AbortController();
  events = [];
  ended = collectEvents(engine.watch(watching.signal));
});
afterEach(async () => {
  watching.abort();
  await ended;
  await engine.close();
  expect(clock.pending).toBe(0);
});

async function collectEvents(source: AsyncIterable<EngineEvent>): Promise<void> {
  for await (const event of source) events.push(event);
}

/** What was published so far. */
async function published(): Promise<EngineEvent[]> {
  watching.abort();
  await ended;
  return events;
}

function container(name: string, script?: string): ContainerSpec {
  const labels: Record<string, string> = script === undefined ? {} : { 'longshore.simulate': script };
  return { ...plainContainer, name, image: `example/${name}:1`, labels };
}

const taskOf = (id: string, ...containers: ContainerSpec[]): TaskSpec => ({
  id,
  name: id,
  networkMode: 'awsvpc',
  ports: [],
  containers,
  labels: {},
});

const stateOf = async (id: string) => (await engine.inspect(id))?.containers[0];

async function logsOf(id: string, name: string, query: LogQuery): Promise<string[]> {
  const messages: string[] = [];
  for await (const { message } of engine.logs(id, name, query)) messages.push(message);
  return messages;
}

describe('without a script', () => {
  it('runs at once and until it is stopped, last container first', async () => {
    const started = await engine.startTask(taskOf('t', container('a'), container('b')));
    expect(started.containers.map(({ name, startedAt }) => [name, startedAt])).toEqual([
      ['a', clock.now()],
      ['b', clock.now()],
    ]);
    clock.advance(10_000_000);
    expect(await stateOf('t')).toMatchObject({ state: 'running' });
    await engine.stopTask('t');
    await engine.stopTask('t');
    expect(await stateOf('t')).toMatchObject({ state: 'exited', exitCode: 143, finishedAt: clock.now() });
    const [a, b] = started.containers.map(({ runtimeId }) => runtimeId);
    const exit = { type: 'exited', taskId: 't', exitCode: 143, oomKilled: false, at: clock.now() };
    expect(await published()).toEqual([
      { ...exit, container: 'b', runtimeId: b },
      { ...exit, container: 'a', runtimeId: a },
    ]);
  });

  it('is the same task when it is started again', async () => {
    const first = await engine.startTask(taskOf('t', container('a')));
    expect(await engine.startTask(taskOf('t', container('a')))).toEqual(first);
    expect(await engine.list()).toHaveLength(1);
  });

  it('has an address of its own, and the ports it published', async () => {
    const ports = [
      { container: 'a', containerPort: 80, hostPort: 8080, protocol: 'tcp' as const },
      { container: 'a', containerPort: 81, hostPort: 0, protocol: 'udp' as const },
      { container: 'a', containerPort: 82, protocol: 'tcp' as const },
    ];
    const one = await engine.startTask({ ...taskOf('t1', container('a')), ports });
    const two = await engine.startTask({ ...taskOf('t2', container('a')), ports });
    expect(one.bindings).toMatchObject([
      { containerPort: 80, hostPort: 8080, bindIp: '127.0.0.1' },
      { containerPort: 81, protocol: 'udp' },
    ]);
    expect(one.bindings[1]?.hostPort).not.toBe(two.bindings[1]?.hostPort);
    expect(one.network?.address).not.toBe(two.network?.address);
    expect(one.network?.macAddress).not.toBe(two.network?.macAddress);
    const host = await engine.startTask({ ...taskOf('t3', container('a')), networkMode: 'host' });
    expect(host.network).toBeUndefined();
  });

  it('knows nothing of what it never had or what was removed', async () => {
    await engine.startTask(taskOf('t', container('a', 'exit=0 after=1s')));
    await engine.removeTask('t');
    await engine.removeTask('t');
    await engine.stopTask('never');
    expect(await engine.list()).toEqual([]);
    expect(await engine.inspect('t')).toBeUndefined();
    expect(clock.pending).toBe(0);
    await expect(logsOf('t', 'a', {})).rejects.toThrow(EngineError);
  });

  it('has lost its tasks after a restart', async () => {
    await engine.startTask(taskOf('t', container('a')));
    await engine.close();
    expect(await new SimulatedEngine({ clock }).list()).toEqual([]);
  });
});

describe('scripted by label', () => {
  it('ends by itself when its time has come', async () => {
    await engine.startTask(taskOf('t', container('a', 'exit=3 after=250ms')));
    clock.advance(249);
    expect(await stateOf('t')).toMatchObject({ state: 'running' });
    clock.advance(1);
    expect(await stateOf('t')).toMatchObject({ state: 'exited', exitCode: 3, oomKilled: false });
    expect(await published()).toMatchObject([{ container: 'a', exitCode: 3 }]);
  });

  it('runs out of memory', async () => {
    await engine.startTask(taskOf('t', container('a', 'oom after=1s')));
    clock.advance(1_000);
    expect(await published()).toMatchObject([{ exitCode: 137, oomKilled: true }]);
  });

  it('ends once only when it was stopped before', async () => {
    await engine.startTask(taskOf('t', container('a', 'exit=3 after=1m stop=0')));
    await engine.stopTask('t');
    clock.advance(60_000);
    expect(await published()).toMatchObject([{ exitCode: 0 }]);
  });

  it.each([
    ['pull', 'CannotPullContainerError'],
    ['create', 'CannotCreateContainerError'],
    ['start', 'CannotStartContainerError'],
  ])('fails to %s', async (step, code) => {
    const spec = taskOf('t', container('a'), container('b', `fail=${step}`));
    await expect(engine.startTask(spec)).rejects.toMatchObject({ code, container: 'b' });
    expect(await engine.list()).toEqual([]);
  });

  it.each(['exit=256', 'exit', 'after=5', 'after=-1s', 'fail=constructor', 'oom=1', 'sleep'])(
    'refuses %s',
    async (script) => {
      const starting = engine.startTask(taskOf('t', container('a', script)));
      await expect(starting).rejects.toThrow(`cannot read "${script}"`);
    },
  );
});

describe('logs', () => {
  it('says that it is a simulation, and follows until the end', async () => {
    await engine.startTask(taskOf('t', container('a', 'exit=3 after=1s')));
    expect(await logsOf('t', 'a', {})).toEqual(['simulated: started example/a:1']);
    const following = logsOf('t', 'a', { follow: true });
    clock.advance(1_000);
    expect(await following).toEqual(['simulated: started example/a:1', 'simulated: ended with code 3']);
    expect(await logsOf('t', 'a', { tail: 1, follow: true })).toEqual(['simulated: ended with code 3']);
    expect(await logsOf('t', 'a', { tail: 0 })).toEqual([]);
    expect(await logsOf('t', 'a', { until: clock.now() })).toEqual(['simulated: started example/a:1']);
  });

  it('stops following when the signal fires or the task is removed', async () => {
    await engine.startTask(taskOf('t', container('a')));
    const stop = new AbortController();
    const following = logsOf('t', 'a', { follow: true, signal: stop.signal });
    stop.abort();
    expect(await following).toHaveLength(1);
    const other = logsOf('t', 'a', { follow: true });
    await engine.removeTask('t');
    expect(await other).toHaveLength(1);
  });
});

it('says in every way that nothing runs', async () => {
  expect(engine.info()).toMatchObject({ name: 'simulated', simulated: true });
  await expect(engine.exec()).rejects.toMatchObject({ code: 'UnsupportedByEngine' });
  await engine.startTask(taskOf('t', container('a')));
  expect(await engine.stats('t')).toMatchObject([{ name: 'a', cpuNanos: 0, memoryBytes: 0 }]);
});

it('starts ten thousand tasks in a blink', async () => {
  for (let i = 0; i < 10_000; i++) await engine.startTask(taskOf(`t${i}`, container('a')));
  const addresses = (await engine.list()).map(({ network }) => network?.address);
  expect(new Set(addresses).size).toBe(10_000);
});
