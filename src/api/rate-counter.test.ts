import { expect, test } from 'vitest';
import { BoundedMemory } from './rate-counter.ts';

test('memory is bounded: the key whose window is the oldest is forgotten', async () => {
  const counter = new BoundedMemory({ points: 10, duration: 60 }, 3);
  for (const key of ['a', 'b', 'c', 'a', 'a', 'd']) await counter.consume(key);
  expect(counter.size).toBe(3);
  expect(await counter.get('a')).toBeNull();
  expect((await counter.get('d'))?.consumedPoints).toBe(1);
  for (let each = 0; each < 1000; each++) await counter.penalty(`key ${each}`);
  expect(counter.size).toBe(3);
  expect(counter.dump().storage).toHaveLength(3);
});
