import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('lets what is shared go side by side, and all else wait for what came before', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (name: string, shared: boolean, id = 'one') =>
    turns.take(id, shared, async (waited) => {
      told.push(`${name} ${waited ? 'waited' : 'at once'}`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });
  const all = [take('stop', true), take('other stop', true), take('start', false), take('late stop', true)];
  const elsewhere = take('of another', false, 'two');
  await expect.poll(() => told).toEqual(['stop at once', 'other stop at once', 'of another at once']);
  ends.get('stop')!();
  expect(await all[0]).toBe('stop');
  expect(told).toHaveLength(3);
  ends.get('other stop')!();
  await expect.poll(() => told.at(-1)).toBe('start waited');
  ends.get('start')!();
  await expect.poll(() => told.at(-1)).toBe('late stop waited');
  ends.get('late stop')!();
  ends.get('of another')!();
  expect(await Promise.all([...all, elsewhere])).toHaveLength(5);
});

it('goes on after what failed', async () => {
  const turns = new Turns();
  const failing = turns.take('one', false, () => Promise.reject(new Error('it fails')));
  const next = turns.take('one', false, () => Promise.resolve('next'));
  await expect(failing).rejects.toThrow('it fails');
  expect(await next).toBe('next');
});
