import { expect, it } from 'vitest';
import { Limiter } from './limiter.ts';

/** Work that ends when it is told to. */
function held() {
  let end!: () => void;
  const done = new Promise<void>((resolve) => (end = resolve));
  return { done, end };
}

it('runs so many at a time, the rest in the order they came, also after a failure', async () => {
  const limiter = new Limiter(2);
  const works = Array.from({ length: 5 }, held);
  const started: number[] = [];
  const running = works.map(({ done }, index) =>
    limiter.run(async () => {
      started.push(index);
      await done;
      if (index === 0) throw new Error('first');
      return index;
    }),
  );
  const failed = expect(running[0]).rejects.toThrow('first');
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  works[1]!.end();
  await running[1];
  expect(started).toEqual([0, 1, 2]);
  works[0]!.end();
  await failed;
  expect(started).toEqual([0, 1, 2, 3]);
  for (const { end } of works) end();
  expect(await Promise.all(running.slice(1))).toEqual([1, 2, 3, 4]);
  expect(await limiter.run(async () => 'free again')).toBe('free again');
});
