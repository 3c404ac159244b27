import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventFeed } from './event-feed.ts';
import type { LiveEvent } from './events.ts';
import { isAfter } from './position.ts';
import { matches, type Subscription } from './subscription.ts';

export interface CatchUpTarget {
  /** False once it is closed or the subscription was given back: nobody waits for the rest. */
  isOpen(): boolean;
  /** Resolves when the reader has taken most of what was sent. */
  drained(): Promise<void>;
  /** Sends it where the caller may see it. */
  replay(event: LiveEvent): void;
}

/**
 * Sends what came after `since`, as fast as it is read, and then makes the subscription live. Between the last look at
 * the feed's cursor and that, nothing else runs: no event is missed and none comes twice. Others have their turn after
 * each page, because the store may answer within ours.
 */
export async function catchUp(
  feed: EventFeed,
  subscription: Subscription,
  target: CatchUpTarget,
): Promise<void> {
  const { since } = subscription;
  let next = since === undefined ? Infinity : since.index === Infinity ? since.sequence + 1 : since.sequence;
  while (next <= feed.cursor) {
    const { records, next: following } = await feed.stored(next, feed.cursor);
    for (const record of records) {
      for (const event of await feed.render(record, (type) => subscription.types.has(type))) {
        if (!isAfter(event.position, since!) || !matches(subscription, event)) continue;
        await target.drained();
        if (!target.isOpen()) return;
        target.replay(event);
      }
    }
    next = following;
    await nextTurn();
    if (!target.isOpen()) return;
  }
  subscription.live = true;
}
