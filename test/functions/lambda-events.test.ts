/** Events of AWS Lambda's API: how many may wait, and for whom they are executed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionsClient } from '../fixtures/functions.ts';
import { LambdaTrial } from '../fixtures/lambda.ts';
import { until } from '../fixtures/processes.ts';

let trial: LambdaTrial;
beforeAll(async () => {
  trial = await LambdaTrial.start();
  await trial.create(
    ...(['waits', 'python3.11', 'index.handler'] as const),
    {
      'index.py':
        'import time\ndef handler(event, context): time.sleep(event.get("seconds", 0)); print(event.get("by"))',
    },
    { Timeout: 60 },
  );
});
afterAll(() => trial?.stop());

const leave = (name: string, event: unknown, headers = {}) =>
  trial.ask('POST', `/${name}/invocations`, event, 'admin', { 'x-amz-invocation-type': 'Event', ...headers });

describe('events that wait', () => {
  it('are not executed for a key that was revoked, and for others they are', async () => {
    const authorization = `Bearer ${trial.keys.admin}`;
    const keys = (method: string, path: string, body?: object) =>
      fetch(`${trial.server.url}/auth/keys${path}`, {
        method,
        headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    const made = await keys('POST', '', { scopes: ['execute:python'] });
    const { id, key } = (await made.json()) as { id: string; key: string };
    for (let n = 0; n < 4; n++) await leave('waits', { seconds: 3, by: 'first' });
    const late = await leave('waits', { by: 'revoked' }, { authorization: `Bearer ${key}` });
    expect(late.status).toBe(202);
    expect((await keys('DELETE', `/${id}`)).ok).toBe(true);
    await leave('waits', { by: 'last' });
    const ours = functionsClient(trial.server.url, { authorization });
    const written = async () => {
      const { body } = await ours.get('/functions/python-waits/logs');
      return (body['logs'] as { stdout: string }[]).map(({ stdout }) => stdout.trim());
    };
    await until('all others', async () => (await written()).length >= 5);
    expect((await written()).sort()).toEqual(['first', 'first', 'first', 'first', 'last']);
  });

  it('are bounded for each account', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => leave('waits', { seconds: 30 })));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([202]));
    const late = await leave('waits', {});
    expect([late.status, late.headers.get('x-amzn-errortype')]).toEqual([429, 'TooManyRequestsException']);
  });
});
