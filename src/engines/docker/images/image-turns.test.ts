import { expect, it, vi } from 'vitest';
import { ImageTurns } from './image-turns.ts';

const failing = () => Promise.reject(new Error('cut short'));

function held(): { work: () => Promise<void>; end: () => void } {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  return { work: () => done, end };
}

it('tidies up after what failed, and only then', async () => {
  let tidied = 0;
  const turns = new ImageTurns(async () => void tidied++);
  expect(await turns.take(async () => 'here')).toBe('here');
  expect(tidied).toBe(0);
  await expect(turns.take(failing)).rejects.toThrow('cut short');
  expect(tidied).toBe(1);
});

it('waits for all others before it tidies up, and lets nothing begin meanwhile', async () => {
  const [other, tidying] = [held(), held()];
  const seen: string[] = [];
  const turns = new ImageTurns(async () => {
    seen.push('tidying');
    await tidying.work();
    seen.push('tidy');
  });
  const running = turns.take(other.work);
  await expect(turns.take(failing)).rejects.toThrow();
  expect(seen).toEqual([]);
  other.end();
  await vi.waitFor(() => expect(seen).toEqual(['tidying']));
  const next = turns.take(async () => void seen.push('next'));
  tidying.end();
  await Promise.all([running, next]);
  expect(seen).toEqual(['tidying', 'tidy', 'next']);
});
