/** The replay of what was missed, beside everything else that the server does. */
import { expect, onTestFinished, test } from 'vitest';
import { openTestCore } from '../../../test/fixtures/core.ts';
import { createLog } from '../../telemetry/log.ts';
import { catchUp } from './catch-up.ts';
import { EventFeed } from './event-feed.ts';
import type { Subscription } from './subscription.ts';

test('lets others run between its pages, also where nothing matches', async () => {
  const opened = await openTestCore();
  onTestFinished(() => opened.dispose());
  const { core, store } = opened;
  const detail = { reason: 'x' };
  await store.transact(async (tx) => {
    for (let at = 0; at < 1000; at++) {
      await tx.emit({ at, resource: 'engine', subject: 'engine', action: 'DOWN', detail });
    }
  });
  const feed = new EventFeed(core, createLog('silent'));
  await feed.start();
  onTestFinished(() => feed.close());
  const since = { sequence: 0, index: Infinity };
  const subscription: Subscription = { id: 's', types: new Set(['task']), since, live: false };
  let turns = 0;
  let turn = setImmediate(function count() {
    turns++;
    turn = setImmediate(count);
  });
  onTestFinished(() => clearImmediate(turn));
  await catchUp(feed, subscription, {
    isOpen: () => true,
    drained: async () => undefined,
    replay: () => expect.unreachable('it wants nothing of this'),
  });
  expect(subscription.live).toBe(true);
  expect(turns).toBeGreaterThanOrEqual(9);
});
