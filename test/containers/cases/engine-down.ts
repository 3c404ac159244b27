/** An engine that does not answer: told within a second, and forgotten once it answers again. */
import { expect, it } from 'vitest';
import { until } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

export function engineDownCases({ workshop, client }: Suite): void {
  it('answers 503 at once while it is down, and as before when it is back', async () => {
    expect(await client.data('GET', '/containers')).toMatchObject({ total: 0 });
    const restarted = workshop.it.restartEngine();
    const refusal = await until('the engine to be down', async () => {
      const begun = performance.now();
      const answer = await client.call('GET', '/containers');
      const ms = performance.now() - begun;
      return answer.status !== 200 && { ...answer, ms };
    });
    expect(refusal.status).toBe(503);
    expect(refusal.ms).toBeLessThan(1000);
    expect(refusal.body).toEqual({ code: 503, message: expect.any(String) as string, errors: [] });
    // Where its socket is concerns nobody who only calls.
    expect(refusal.body.message).not.toContain(workshop.it.traced.socket);
    expect((await fetch(`${workshop.it.server.url}/api/v1/metrics/resources`)).status).toBe(200);
    await restarted;
    await until(
      'the engine to be back',
      async () => (await client.call('GET', '/containers')).status === 200,
    );
  });
}
