/** Who may connect, what it may say, and when it has to go. */
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { useLiveTrial } from '../../../test/fixtures/live-trial.ts';
import { LiveClient } from '../../../test/fixtures/live.ts';
import { until } from '../../../test/fixtures/processes.ts';
import { unauthenticated } from '../../core/principal.ts';
import { apiKeys } from '../auth/api-key.ts';

const trial = useLiveTrial();

describe('who is on the other end', () => {
  it('has ten seconds to say so where a credential is required', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const client = trial.it.open(`${url}/ws`);
    await once(client.socket, 'open');
    await until('the connection', () => trial.it.server.webSockets() === 1);
    trial.it.clock.advance(9999);
    expect(client.told).toEqual([]);
    trial.it.clock.advance(1);
    expect((await client.next('error')).payload).toMatchObject({ code: 'AUTH_FAILED' });
    expect(await client.ended()).toMatchObject({ code: 4401 });
    await until('the end', () => trial.it.server.webSockets() === 0);
  });

  it('may do nothing before', async () => {
    const client = trial.it.open(`${await trial.it.serve({ mode: 'required' })}/ws`);
    await once(client.socket, 'open');
    client.send({ id: '1', type: 'subscribe', action: 'events', payload: { eventTypes: ['task'] } });
    expect((await client.next('error')).payload).toMatchObject({ code: 'AUTH_FAILED' });
    expect(await client.ended()).toMatchObject({ code: 4401 });
    expect(client.told.map(({ type }) => type)).toEqual(['error']);
  });

  it('says so in the first message, and what follows at once comes after it', async () => {
    trial.it.allow('lsk_a', 'events:read', 'tasks:read');
    const client = trial.it.open(`${await trial.it.serve({ mode: 'required' })}/ws`);
    await once(client.socket, 'open');
    client.send({ type: 'auth', token: 'lsk_a' });
    client.send({ id: '1', type: 'subscribe', action: 'events', payload: { eventTypes: ['task'] } });
    await client.next('subscribe_ack');
    expect(client.told.map(({ type }) => type)).toEqual(['connected', 'auth_ack', 'subscribe_ack']);
    expect(client.told[1]!.payload).toEqual({ subject: 'key:lsk_a' });
  });

  it('is refused with a wrong token, in a message, in a header and in the URL', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const client = trial.it.open(`${url}/ws`);
    await once(client.socket, 'open');
    client.send({ id: '7', type: 'auth', token: 'lsk_wrong' });
    expect(await client.next('error')).toMatchObject({
      id: '7',
      payload: { code: 'AUTH_FAILED', details: { field: 'token' } },
    });
    expect(await client.ended()).toMatchObject({ code: 4401 });
    expect(await LiveClient.refusal(`${url}/ws`, { headers: { 'x-api-key': 'lsk_wrong' } })).toMatchObject({
      status: 401,
    });
    const byUrl = trial.it.open(`${url}/ws?token=lsk_good`);
    expect((await byUrl.next('error')).payload.message).toContain('POST /auth/tickets');
    expect(await byUrl.ended()).toMatchObject({ code: 4401 });
  });

  it('may show a ticket in the URL, once', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const { headers } = trial.it.allow('lsk_a', 'events:read', 'health:read');
    expect((await fetch(`${url}/auth/tickets`, { method: 'POST' })).status).toBe(401);
    const answer = await fetch(`${url}/auth/tickets`, { method: 'POST', headers });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { ticket, expiresIn } = (await answer.json()) as { ticket: string; expiresIn: number };
    expect(expiresIn).toBe(30);
    await trial.it.connected(`${url}/ws?token=${ticket}`);
    const again = trial.it.open(`${url}/ws?token=${ticket}`);
    expect((await again.next('error')).payload).toMatchObject({ code: 'AUTH_FAILED' });
    await again.ended();
  });

  it('is asked again while it is connected: a revoked key ends the connection', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const byHeader = await trial.it.connected(`${url}/ws`, trial.it.allow('lsk_a', 'events:read'));
    const ticketed = await fetch(`${url}/auth/tickets`, {
      method: 'POST',
      headers: { 'x-api-key': 'lsk_a' },
    });
    const { ticket } = (await ticketed.json()) as { ticket: string };
    const byTicket = await trial.it.connected(`${url}/ws?token=${ticket}`);
    const other = await trial.it.connected(`${url}/ws`, trial.it.allow('lsk_b', 'events:read'));
    trial.it.principals.delete('lsk_a');
    trial.it.clock.advance(30_000);
    for (const client of [byHeader, byTicket]) {
      expect((await client.next('error')).payload).toMatchObject({ code: 'AUTH_FAILED' });
      expect(await client.ended()).toMatchObject({ code: 4401 });
    }
    await other.next('ping');
    other.send({ id: 'still', type: 'ping' });
    await other.next('pong');
  });

  it('is connected at once where no credential is needed, good or bad', async () => {
    const url = await trial.it.serve();
    await trial.it.connected(`${url}/ws`, { headers: { 'x-api-key': 'lsk_wrong' } });
    const client = await trial.it.connected(`${url}/ws?token=nonsense`);
    expect(client.told[0]!.payload).toEqual({
      sessionId: expect.stringMatching(/^ws-\w+$/) as string,
      serverVersion: '1.2.3',
    });
    client.send({ type: 'auth', token: 'nonsense' });
    expect((await client.next('auth_ack')).payload).toEqual({ subject: 'local' });
  });

  it('has only so many connections', async () => {
    const url = await trial.it.serve({}, { connectionsPerCaller: 2 });
    const [first] = [await trial.it.connected(`${url}/ws`), await trial.it.connected(`${url}/ws`)];
    const third = trial.it.open(`${url}/ws`);
    expect((await third.next('error')).payload).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
    await third.ended();
    first.end();
    await until('the end', () => trial.it.server.webSockets() === 1);
    await trial.it.connected(`${url}/ws`);
  });

  it('is no page of another site', async () => {
    const url = await trial.it.serve();
    expect(await LiveClient.refusal(`${url}/ws`, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    expect(await LiveClient.refusal(`${url}/exec/a`, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    await trial.it.connected(`${url}/ws`, { origin: url });
  });
});

describe('a silent peer', () => {
  it('is asked every half a minute, and gone when it does not answer', async () => {
    const url = await trial.it.serve();
    const client = await trial.it.connected(`${url}/ws`);
    trial.it.clock.advance(30_000);
    expect(await client.next('ping')).not.toHaveProperty('payload');
    client.send({ type: 'pong' });
    client.send({ id: 'heard', type: 'ping' });
    await client.next('pong');
    trial.it.clock.advance(30_000);
    await client.next('ping');
    trial.it.clock.advance(30_000);
    expect(await client.ended()).toMatchObject({ code: 4408 });
  });
});

describe('messages', () => {
  it('that cannot be read are answered with what is wrong', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    const wrong: [string | Buffer, object][] = [
      ['no json', { code: 'INVALID_REQUEST' }],
      ['[]', { code: 'INVALID_REQUEST' }],
      [Buffer.of(1, 2), { code: 'INVALID_REQUEST' }],
      ['{}', { details: { field: 'type', reason: 'it is missing' } }],
      ['{"id":7,"type":"subscribe"}', { details: { field: 'id' } }],
      ['{"type":"subscribe","payload":{}}', { details: { field: 'id' } }],
      ['{"id":"1","type":"constructor"}', { details: { field: 'type' } }],
      ['{"id":"1","type":"subscribe","action":"logs","payload":{}}', { details: { field: 'action' } }],
      ['{"id":"1","type":"subscribe"}', { details: { field: 'payload' } }],
      ['{"id":"1","type":"command","action":"destroy","payload":{}}', { details: { field: 'action' } }],
      ['{"id":"1","type":"unsubscribe","payload":{"subscriptionId":"x"}}', { code: 'SUBSCRIPTION_ERROR' }],
      ['{"__proto__":{"type":"subscribe"},"id":"1"}', { details: { field: 'type' } }],
    ];
    for (const [message, expected] of wrong) {
      client.socket.send(message);
      expect((await client.next('error')).payload, String(message)).toMatchObject(expected);
    }
  });

  it('larger than 64 KiB end the connection', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    client.send({ id: '1', type: 'x'.repeat(64 * 1024) });
    expect(await client.ended()).toMatchObject({ code: 1009 });
  });

  it('are limited: a warning, a pause, the end', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    const burst = () => {
      for (let at = 0; at < 150; at++) client.send({ id: String(at), type: 'ping' });
    };
    const reason = async () => (await client.next('error')).payload.details.reason;
    trial.it.clock.advance(1000);
    burst();
    expect(await reason()).toContain('not done');
    await until('the answers', () => client.told.filter(({ type }) => type === 'pong').length === 100);
    trial.it.clock.advance(1000);
    burst();
    expect(await reason()).toContain('Nothing more is read');
    trial.it.clock.advance(1000);
    burst();
    expect(await reason()).toContain('ends');
    expect(await client.ended()).toMatchObject({ code: 1008 });
  });

  it.each([
    ['many', 60, ''],
    ['large', 10, 'x'.repeat(60_000)],
  ])('are no longer read where %s wait, until these are done', async (_, count, text) => {
    const pause = vi.spyOn(WebSocket.prototype, 'pause');
    onTestFinished(() => pause.mockRestore());
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const methods = apiKeys(async () => {
      await gate;
      return unauthenticated('000000000000');
    });
    const client = trial.it.open(`${await trial.it.serve({ mode: 'required', methods })}/ws`);
    await once(client.socket, 'open');
    client.send({ type: 'auth', token: 'lsk_a' });
    const ids = Array.from({ length: count }, (_each, at) => String(at));
    for (const id of ids) client.send({ id, type: 'ping', payload: { text } });
    const isPaused = () => (pause.mock.contexts[0] as WebSocket | undefined)?.isPaused;
    await until('the pause', isPaused);
    open();
    const pongs = () => client.told.filter(({ type }) => type === 'pong').map(({ id }) => id);
    await until('the answers', () => pongs().length === count);
    expect(pongs()).toEqual(ids);
    expect(isPaused()).toBe(false);
  });

  it('ping of the protocol is answered too, and counted', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    let pongs = 0;
    client.socket.on('pong', () => pongs++);
    for (let at = 0; at < 150; at++) client.socket.ping();
    await client.next('error');
    client.send({ id: 'none', type: 'ping' });
    await until('the pongs', () => pongs === 100);
  });
});
