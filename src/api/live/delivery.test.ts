/** Who hears of which events, also after a break and when it is slow. */
import { describe, expect, it } from 'vitest';
import { SCOPE } from '../../../test/fixtures/core.ts';
import { useLiveTrial } from '../../../test/fixtures/live-trial.ts';
import { until } from '../../../test/fixtures/processes.ts';
import { createCluster } from '../../core/clusters.ts';

const trial = useLiveTrial();

describe('subscriptions', () => {
  it('are at most fifty, of different names', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    for (let at = 0; at < 50; at++)
      expect((await client.subscribe({ eventTypes: ['health'] }, `s${at}`)).type).toBe('subscribe_ack');
    expect((await client.subscribe({ eventTypes: ['health'] }, 'more')).payload).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
    });
    client.send({ id: 's0', type: 'subscribe', payload: { eventTypes: ['health'] } });
    expect((await client.next('error', ({ id }) => id === 's0')).payload).toMatchObject({
      code: 'SUBSCRIPTION_ERROR',
    });
    const gone = await client.ask('unsubscribe', 'events', { subscriptionId: 's1' });
    expect(gone).toMatchObject({ type: 'unsubscribe_ack', payload: { subscriptionId: 's1' } });
    await trial.it.emit(1);
    await client.event('health');
    client.send({ id: 'last', type: 'ping' });
    await client.next('pong');
    expect(client.told.filter(({ type }) => type === 'event')).toHaveLength(1);
  });

  it('of types beyond the scopes are refused', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const { headers } = trial.it.allow('lsk_a', 'events:read', 'clusters:read');
    const client = await trial.it.connected(`${url}/ws`, { headers });
    expect((await client.subscribe({ eventTypes: ['cluster'] })).type).toBe('subscribe_ack');
    expect((await client.subscribe({ eventTypes: ['cluster', 'task'] })).payload).toMatchObject({
      code: 'PERMISSION_DENIED',
      details: { field: 'eventTypes' },
    });
  });

  it('hear of their own account only', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const { headers } = trial.it.allow('lsk_a', 'events:read', 'clusters:read');
    const client = await trial.it.connected(`${url}/ws`, { headers });
    await client.subscribe({ eventTypes: ['cluster'] });
    await createCluster(trial.it.core, { ...SCOPE, accountId: '111111111111' }, { clusterName: 'foreign' });
    await createCluster(trial.it.core, SCOPE, { clusterName: 'own' });
    expect((await client.event('cluster')).payload.cluster).toMatchObject({ clusterName: 'own' });
    expect(client.told.filter(({ type }) => type === 'event')).toHaveLength(1);
    const { position } = (await client.subscribe({ eventTypes: ['cluster'], since: 'evt-0' })).payload;
    await until('the replay', () => client.told.at(-1)!.id === position);
    const names = client.told
      .filter(({ type }) => type === 'event')
      .map(({ payload }) => payload.cluster.clusterName);
    expect(names).toEqual(['own', 'default', 'own']);
  });
});

describe('resuming', () => {
  it('brings what was missed, then goes on, with nothing twice', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    const { last } = await trial.it.store.eventRange();
    await trial.it.emit(250);
    // Events come while the replay is under way.
    const during = trial.it.emit(50);
    const ack = await client.subscribe({ eventTypes: ['health'], since: `evt-${last}` });
    expect(ack.payload.replay).toEqual({ complete: true });
    await during;
    await trial.it.emit(1);
    const ids = () => client.told.filter(({ type }) => type === 'event').map(({ id }) => id);
    await until('all events', () => ids().at(-1) === `evt-${last + 301}`);
    expect(ids()).toEqual(Array.from({ length: 301 }, (_, index) => `evt-${last + 1 + index}`));
  });

  it('says what is gone, and refuses what never was', async () => {
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    await trial.it.emit(3);
    trial.it.clock.advance(1);
    await trial.it.store.trimEvents(trial.it.clock.now());
    await trial.it.emit(1);
    const { first } = await trial.it.store.eventRange();
    const ack = await client.subscribe({ eventTypes: ['health'], since: 'evt-1' });
    expect(ack.payload.replay).toEqual({ complete: false, oldest: `evt-${first}` });
    expect((await client.event('health')).id).toBe(`evt-${first}`);
    expect(
      (await client.subscribe({ eventTypes: ['health'], lastEventId: 'evt-999' })).payload,
    ).toMatchObject({
      code: 'SUBSCRIPTION_ERROR',
      details: { field: 'since' },
    });
  });
});

describe('a slow reader', () => {
  const large = 'x'.repeat(60_000);

  it('loses events beyond the bound, is told so, and gets them again', async () => {
    const client = await trial.it.connected(`${await trial.it.serve({}, { bufferedBytes: 256 * 1024 })}/ws`);
    await client.subscribe({ eventTypes: ['health'] });
    const { last: before } = await trial.it.store.eventRange();
    client.socket.pause();
    await trial.it.emit(300, large);
    client.socket.resume();
    const { payload } = await client.next('dropped');
    const received = client.told.filter(({ type }) => type === 'event');
    expect(received.length + Number(payload.count)).toBe(300);
    expect(payload.resumeFrom).toBe(received.at(-1)!.id);
    await client.subscribe({ eventTypes: ['health'], since: payload.resumeFrom });
    await until('the rest', () => client.told.at(-1)!.id === `evt-${before + 300}`);
    const all = client.told.filter(({ type }) => type === 'event').map(({ id }) => id);
    expect(all).toEqual(Array.from({ length: 300 }, (_, index) => `evt-${before + 1 + index}`));
  });

  it('keeps nobody else waiting', async () => {
    const url = await trial.it.serve({}, { bufferedBytes: 256 * 1024 });
    const [slow, quick] = [await trial.it.connected(`${url}/ws`), await trial.it.connected(`${url}/ws`)];
    for (const client of [slow, quick]) await client.subscribe({ eventTypes: ['health'] });
    slow.socket.pause();
    await trial.it.emit(200, large);
    await until('all events', () => quick.told.filter(({ type }) => type === 'event').length === 200);
    expect(quick.told.map(({ type }) => type)).not.toContain('dropped');
  });
});
