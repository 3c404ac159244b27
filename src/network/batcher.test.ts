import { expect, test } from 'vitest';
import { Batcher } from './batcher.ts';

test('what comes while a batch runs goes together into the next', async () => {
  const batches: string[][] = [];
  const gates: (() => void)[] = [];
  const batcher = new Batcher<string>((items) => {
    batches.push(items);
    return new Promise((resolve) => gates.push(resolve));
  });
  const added = ['a', 'b', 'c'].map((item) => batcher.add(item));
  expect(batches).toEqual([['a']]);
  gates[0]?.();
  await added[0];
  await Promise.resolve();
  expect(batches).toEqual([['a'], ['b', 'c']]);
  gates[1]?.();
  await Promise.all(added);
});

test('a bad item fails alone', async () => {
  const applied: string[] = [];
  const batcher = new Batcher<string>(async (items) => {
    await Promise.resolve();
    if (items.includes('bad')) throw new Error('bad item');
    applied.push(...items);
  });
  const results = await Promise.allSettled(['first', 'a', 'bad', 'b'].map((item) => batcher.add(item)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(applied).toEqual(['first', 'a', 'b']);
  await batcher.add('later');
  expect(applied).toContain('later');
});
