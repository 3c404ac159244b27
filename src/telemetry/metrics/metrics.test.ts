import { describe, expect, test } from 'vitest';
import { Metrics } from './metrics.ts';
import type { StateSources } from './state-metrics.ts';
import { quietSources } from '../../../test/fixtures/quiet-sources.ts';

/** Lines of one metric, without its help. */
async function lines(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.text();
  return text.split('\n').filter((line) => line.startsWith(name));
}

function observed(sources: Partial<StateSources>): Metrics {
  const metrics = new Metrics('1.2.3');
  metrics.observe({ ...quietSources, ...sources });
  return metrics;
}

test('every name is ours, and ends as Prometheus wants it of a counter', async () => {
  const metrics = observed({});
  const all = metrics.registry.getMetricsAsArray();
  for (const { name, type } of all as unknown as { name: string; type: string }[]) {
    expect(name).toMatch(/^longshore_[a-z0-9_]+$/);
    if (type === 'counter') expect(name).toMatch(/_total$/);
  }
  expect(await lines(metrics, 'longshore_build_info')).toEqual([
    `longshore_build_info{version="1.2.3",node="${process.version}"} 1`,
  ]);
});

describe('requests', () => {
  const name = 'longshore_http_request';

  test('are counted by status, and their time falls into buckets that add up', async () => {
    const metrics = new Metrics('1');
    const series = metrics.requests.series('ecs', 'RunTask');
    series.record(200, 0.0005);
    series.record(200, 0.02);
    series.record(429, 100);
    const seen = await lines(metrics, name);
    const of = (labels: string) => `{face="ecs",operation="RunTask"${labels}}`;
    expect(seen).toContain(`${name}s_total${of(',code="200"')} 2`);
    expect(seen).toContain(`${name}s_total${of(',code="429"')} 1`);
    const bucket = (le: string) =>
      seen
        .find((line) => line.startsWith(`${name}_duration_seconds_bucket{le="${le}"`))
        ?.split(' ')
        .at(-1);
    expect(['0.0005', '0.01', '0.025', '30', '+Inf'].map(bucket)).toEqual(['1', '1', '2', '2', '3']);
    expect(seen).toContain(`${name}_duration_seconds_sum${of('')} 100.0205`);
    expect(seen).toContain(`${name}_duration_seconds_count${of('')} 3`);
  });

  test('of one operation share a series, and no more than a thousand series are made', async () => {
    const { requests } = new Metrics('1');
    expect(requests.series('ecs', 'RunTask')).toBe(requests.series('ecs', 'RunTask'));
    for (let made = 0; made < 2000; made++) requests.series('ecs', `operation ${made}`);
    expect(requests.series('ecs', 'one more').operation).toBe('other');
    expect(requests.series('ecs', 'RunTask').operation).toBe('RunTask');
  });
});

describe('states', () => {
  test('are read at each scrape, and states that are gone go', async () => {
    let tasks: Record<string, number> = { RUNNING: 2, PENDING: 1 };
    const metrics = observed({ tasks: async () => tasks });
    expect(await lines(metrics, 'longshore_tasks')).toEqual([
      'longshore_tasks{status="RUNNING"} 2',
      'longshore_tasks{status="PENDING"} 1',
    ]);
    tasks = { RUNNING: 1 };
    expect(await lines(metrics, 'longshore_tasks')).toEqual(['longshore_tasks{status="RUNNING"} 1']);
  });

  test('of a source that fails stay, are marked, and do not spoil the rest', async () => {
    let failing = false;
    const store = () => {
      if (failing) throw new Error('disk');
      return { ...quietSources.store(), commits: 7 };
    };
    const metrics = observed({ store, engineUp: () => false });
    expect(await lines(metrics, 'longshore_store_commits_total')).toEqual([
      'longshore_store_commits_total 7',
    ]);
    failing = true;
    const text = await metrics.text();
    expect(text).toContain('longshore_store_commits_total 7');
    expect(text).toContain('longshore_engine_up 0');
    expect(
      await lines(metrics, 'longshore_scrape_errors_total{metric="longshore_store_commits'),
    ).toHaveLength(1);
  });
});

test('engine calls are timed, and failures are told apart only by codes of the port', async () => {
  const { engine, ...metrics } = new Metrics('1');
  const fail = (error: Error) =>
    expect(engine.call('startTask', () => Promise.reject(error))).rejects.toBe(error);
  expect(await engine.call('list', async () => 3)).toBe(3);
  await fail(Object.assign(new Error(), { name: 'EngineError', code: 'EngineUnavailable' }));
  await fail(Object.assign(new Error(), { code: 'ECONNRESET' }));
  const text = await metrics.registry.metrics();
  expect(text).toContain('longshore_engine_call_duration_seconds_count{method="list"} 1');
  expect(text).toContain('longshore_engine_call_duration_seconds_count{method="startTask"} 2');
  expect(text).toContain('longshore_engine_call_errors_total{method="startTask",code="EngineUnavailable"} 1');
  expect(text).toContain('longshore_engine_call_errors_total{method="startTask",code="other"} 1');
});

test('executions of functions are counted by language and outcome, and timed', async () => {
  const metrics = new Metrics('1');
  metrics.functions.executed('nodejs', 'ok');
  metrics.functions.executed('nodejs', 'ok');
  metrics.functions.executed('python', 'TIMEOUT');
  metrics.functions.ran('nodejs', 4);
  metrics.functions.ran('nodejs', 1500);
  expect(await lines(metrics, 'longshore_function_executions_total')).toEqual([
    'longshore_function_executions_total{language="nodejs",outcome="ok"} 2',
    'longshore_function_executions_total{language="python",outcome="TIMEOUT"} 1',
  ]);
  const durations = await lines(metrics, 'longshore_function_duration_seconds');
  const bucket = (le: string) => `longshore_function_duration_seconds_bucket{le="${le}",language="nodejs"}`;
  expect(durations).toContain(`${bucket('0.0025')} 0`);
  expect(durations).toContain(`${bucket('0.005')} 1`);
  expect(durations).toContain(`${bucket('2.5')} 2`);
  expect(durations).toContain('longshore_function_duration_seconds_sum{language="nodejs"} 1.504');
});

test('sandboxes, sessions and the cache are read at each scrape', async () => {
  const idle = { idle: 0, starting: 0, claimed: 0, waiting: 0, started: 0, destroyed: 0, failedStarts: 0 };
  const metrics = observed({
    functions: () => ({
      sandboxes: {
        nodejs: { ...idle, idle: 4, claimed: 2, started: 9, destroyed: 3 },
        python: { ...idle, starting: 1, waiting: 5, failedStarts: 7 },
      },
      sessionsExecuting: 2,
      executionsWaiting: 6,
      cache: { asked: { hit: 8, miss: 1 }, errors: 4 },
    }),
  });
  expect(await lines(metrics, 'longshore_sandbox')).toEqual(
    [
      ...['sandboxes_idle{language="nodejs"} 4', 'sandboxes_idle{language="python"} 0'],
      ...['sandboxes_starting{language="nodejs"} 0', 'sandboxes_starting{language="python"} 1'],
      ...['sandboxes_claimed{language="nodejs"} 2', 'sandboxes_claimed{language="python"} 0'],
      ...['sandbox_claims_waiting{language="nodejs"} 0', 'sandbox_claims_waiting{language="python"} 5'],
      ...['sandbox_starts_total{language="nodejs"} 9', 'sandbox_starts_total{language="python"} 0'],
      'sandbox_start_failures_total{language="nodejs"} 0',
      'sandbox_start_failures_total{language="python"} 7',
      ...['sandboxes_destroyed_total{language="nodejs"} 3', 'sandboxes_destroyed_total{language="python"} 0'],
    ].map((line) => `longshore_${line}`),
  );
  expect(await lines(metrics, 'longshore_function_')).toEqual(
    [
      'sessions_executing 2',
      'executions_waiting 6',
      'cache_requests_total{result="hit"} 8',
      'cache_requests_total{result="miss"} 1',
      'cache_errors_total 4',
    ].map((line) => `longshore_function_${line}`),
  );
});
