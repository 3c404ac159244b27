/** Events of AWS Lambda's API: how many may wait. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LambdaTrial } from '../fixtures/lambda.ts';

let trial: LambdaTrial;
beforeAll(async () => {
  trial = await LambdaTrial.start();
  await trial.create(
    ...(['waits', 'python3.11', 'index.handler'] as const),
    { 'index.py': 'import time\ndef handler(event, context): time.sleep(event.get("seconds", 0))' },
    ...['--timeout', '60'],
  );
});
afterAll(() => trial?.stop());

const leave = (name: string, event: unknown) =>
  trial.ask('POST', `/${name}/invocations`, event, 'admin', { 'x-amz-invocation-type': 'Event' });

describe('events that wait', () => {
  it('are bounded for each account', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => leave('waits', { seconds: 30 })));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([202]));
    const late = await leave('waits', {});
    expect([late.status, late.headers.get('x-amzn-errortype')]).toEqual([429, 'TooManyRequestsException']);
  });
});
