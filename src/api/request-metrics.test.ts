import { fastify, type FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import { Metrics } from '../telemetry/metrics/metrics.ts';
import type { RequestLimits } from './auth/request-limits.ts';
import { countedLimits, measureRequests } from './request-metrics.ts';

const lines = async (metrics: Metrics, name: string) =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'));

test('a request is counted as what the route declares or the face recognised, never as what was sent', async () => {
  const metrics = new Metrics('1');
  const app = fastify();
  measureRequests(app, metrics.requests);
  app.decorateRequest('operation', undefined);
  const ecs = { access: { face: 'ecs', scope: 'operation' } } as const;
  const ops = { access: { face: 'ops', scope: 'public', operation: 'Health' } } as const;
  app.post<{ Params: { action: string } }>('/v1/:action', { config: ecs }, (request, reply) => {
    if (request.params.action === 'RunTask') request.operation = 'RunTask';
    return reply.code(request.operation === undefined ? 400 : 200).send('');
  });
  app.get('/health', { config: ops }, () => '');
  for (const action of ['RunTask', 'RunTask', 'one', 'two']) {
    await app.inject({ method: 'POST', url: `/v1/${action}` });
  }
  for (const url of ['/health', '/secret/path', '/other']) await app.inject(url);
  const name = 'longshore_http_requests_total';
  expect(await lines(metrics, name)).toEqual([
    `${name}{face="none",operation="unknown",code="404"} 2`,
    `${name}{face="ecs",operation="POST /v1/:action",code="400"} 2`,
    `${name}{face="ecs",operation="RunTask",code="200"} 2`,
    `${name}{face="ops",operation="Health",code="200"} 1`,
  ]);
  const count = 'longshore_http_request_duration_seconds_count{face="ecs",operation="RunTask"}';
  expect(await lines(metrics, count)).toEqual([`${count} 2`]);
  await app.close();
});

const request = {} as FastifyRequest;

test('limits that were hit and bad credentials are counted, and nothing else changes', async () => {
  const metrics = new Metrics('1');
  const throttled = new AppError('Throttled', 'too many');
  const other = new AppError('Unavailable', 'no counter');
  const answers: (() => void | Promise<void>)[] = [];
  const next = () => answers.shift()?.();
  const inner: RequestLimits = { count: next, checkFailures: next, countFailure: next };
  const limits = countedLimits(inner, metrics.access);
  expect(limits.count(request, 'ecs')).toBeUndefined();
  answers.push(() => Promise.reject(throttled));
  await expect(limits.count(request, 'ecs')).rejects.toBe(throttled);
  answers.push(() => {
    throw throttled;
  });
  expect(() => limits.count(request, 'execute')).toThrow(throttled);
  answers.push(() => Promise.reject(other));
  await expect(limits.count(request, 'functions')).rejects.toBe(other);
  answers.push(() => Promise.reject(throttled));
  await expect(limits.checkFailures(request)).rejects.toBe(throttled);
  await limits.countFailure(request);
  expect(await lines(metrics, 'longshore_limits_hit_total')).toEqual([
    'longshore_limits_hit_total{limit="ecs"} 1',
    'longshore_limits_hit_total{limit="execute"} 1',
    'longshore_limits_hit_total{limit="failures"} 1',
  ]);
  expect(await lines(metrics, 'longshore_authentication_failures_total')).toEqual([
    'longshore_authentication_failures_total{kind="credential"} 1',
  ]);
});
