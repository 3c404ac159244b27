import { expect, it } from 'vitest';
import { Removals } from './removals.ts';

const web = { id: 'abc123', name: 'web' };

it('lets those who ask for a container wait until it is removed', async () => {
  const removals = new Removals();
  let end: () => void = () => undefined;
  const removal = removals.removing(web, () => new Promise<void>((resolve) => (end = resolve)));
  const order: string[] = [];
  const waiting = ['abc123', 'abc', 'web'].map((name) =>
    removals.asking(name, async () => void order.push(name)),
  );
  await removals.asking('other', async () => undefined);
  expect(order).toEqual([]);
  end();
  await Promise.all([removal, ...waiting]);
  expect(order.sort()).toEqual(['abc', 'abc123', 'web']);
});

it('removes one after the other, also after one that failed', async () => {
  const removals = new Removals();
  const running: boolean[] = [];
  let now = 0;
  const work = async (again: boolean) => {
    running.push(again);
    expect(++now).toBe(1);
    await removals.asking('other', async () => undefined);
    now--;
    if (!again) throw new Error('busy');
  };
  const all = await Promise.allSettled([1, 2, 3].map(() => removals.removing(web, work)));
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(running).toEqual([false, true, true]);
});

it('removes after those who asked before', async () => {
  const removals = new Removals();
  const order: string[] = [];
  let answer: () => void = () => undefined;
  const asking = removals.asking('web', () => new Promise<void>((resolve) => (answer = resolve)));
  const removal = removals.removing(web, async () => void order.push('removed'));
  await removals.asking('other', async () => undefined);
  order.push('answered');
  answer();
  await Promise.all([asking, removal]);
  expect(order).toEqual(['answered', 'removed']);
});
