import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerSpec, TaskSpec } from '../core/ports/engine.ts';
import { systemClock } from '../telemetry/clock.ts';
import { Metrics } from '../telemetry/metrics/metrics.ts';
import { measuredEngine, type MeasuredEngine } from './measured-engine.ts';
import { SimulatedEngine } from './simulated/simulated-engine.ts';

function task(id: string, containers: Record<string, string> = { app: '' }): TaskSpec {
  return {
    id,
    name: id,
    networkMode: 'none',
    ports: [],
    labels: {},
    containers: Object.entries(containers).map(
      ([name, script]) =>
        ({
          name,
          image: 'x',
          essential: true,
          labels: { 'longshore.simulate': script },
        }) as unknown as ContainerSpec,
    ),
  };
}

describe('a measured engine', () => {
  let inner: SimulatedEngine;
  let engine: MeasuredEngine;
  let metrics: Metrics;
  let watching: Promise<void>;
  const stopped = new AbortController();
  const heard: string[] = [];

  beforeEach(() => {
    heard.length = 0;
    metrics = new Metrics('1');
    inner = new SimulatedEngine({ clock: systemClock });
    engine = measuredEngine(inner, metrics.engine);
    watching = (async () => {
      for await (const event of engine.watch(stopped.signal)) {
        if (event.type === 'exited') heard.push(event.container);
      }
    })();
  });
  afterEach(async () => {
    await engine.close();
    await watching;
  });

  const hears = (...containers: string[]) => expect.poll(() => heard).toEqual(containers);

  test('counts the containers that run, whenever an exit is told', async () => {
    await engine.startTask(task('a', { one: '', two: 'exit=0' }));
    await hears('two');
    expect(engine.runningContainers).toBe(1);
    await engine.startTask(task('b'));
    expect(engine.runningContainers).toBe(2);
    await engine.startTask(task('b'));
    expect(engine.runningContainers).toBe(2);
    await engine.stopTask('b');
    await hears('two', 'app');
    expect(engine.runningContainers).toBe(1);
    await engine.removeTask('b');
    await engine.removeTask('a');
    await engine.removeTask('never there');
    expect(engine.runningContainers).toBe(0);
  });

  test('learns from a listing what was there before it, and what went unheard', async () => {
    await inner.startTask(task('old', { one: '', two: '' }));
    await engine.startTask(task('lost'));
    await inner.removeTask('lost');
    expect(engine.runningContainers).toBe(1);
    expect(await engine.list()).toHaveLength(1);
    expect(engine.runningContainers).toBe(2);
    await engine.list();
    expect(engine.runningContainers).toBe(2);
  });

  test('keeps a task that began while an older listing was under way', async () => {
    const listing = engine.list();
    await engine.startTask(task('new'));
    await listing;
    expect(engine.runningContainers).toBe(1);
  });

  test('times calls and passes errors on', async () => {
    await engine.startTask(task('a'));
    await expect(engine.startTask(task('b', { app: 'fail=start' }))).rejects.toMatchObject({
      code: 'CannotStartContainerError',
    });
    expect(engine.runningContainers).toBe(1);
    await engine.check();
    const text = await metrics.text();
    expect(text).toContain('longshore_engine_call_duration_seconds_count{method="startTask"} 2');
    expect(text).toContain('longshore_engine_call_duration_seconds_count{method="check"} 1');
    expect(text).toContain('errors_total{method="startTask",code="CannotStartContainerError"} 1');
  });
});
