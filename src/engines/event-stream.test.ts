import { expect, it } from 'vitest';
import { engineEvents, EventStream } from './event-stream.ts';

it('gives a reader that was too slow what stands for all that it missed', async () => {
  const stream = new EventStream<number>((lost) => [-lost.length]);
  const reader = stream.read(new AbortController().signal);
  for (let event = 1; event <= 25_000; event++) stream.publish(event);
  stream.end();
  const seen: number[] = [];
  for await (const event of reader) seen.push(event);
  expect(seen[0]).toBeLessThan(0);
  expect(seen.length).toBeLessThanOrEqual(10_000);
  expect(seen.at(-1)).toBe(25_000);
});

it('tells a slow reader of an engine to list again, and whether the engine can be reached', async () => {
  const stream = engineEvents();
  const reader = stream.read(new AbortController().signal);
  stream.publish({ type: 'health', available: true });
  stream.publish({ type: 'health', available: false, reason: 'gone' });
  for (let count = 0; count < 10_000; count++) {
    stream.publish({ type: 'exited', taskId: 't', container: 'c', exitCode: 0, oomKilled: false, at: 0 });
  }
  stream.end();
  const seen = [];
  for await (const event of reader) seen.push(event);
  expect(seen.slice(0, 2)).toEqual([
    { type: 'health', available: false, reason: 'gone' },
    { type: 'resync' },
  ]);
});
