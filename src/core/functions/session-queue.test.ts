import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { SessionQueue } from './session-queue.ts';

/** Work that ends when the test says so. */
function held(order: string[], name: string) {
  let end!: () => void;
  const promise = new Promise<void>((resolve) => (end = resolve));
  const work = async () => {
    order.push(name);
    await promise;
    return name;
  };
  return { work, end };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('SessionQueue', () => {
  it('runs one at a time per session, in the order they came, and sessions beside each other', async () => {
    const queue = new SessionQueue({ clock: new ManualClock(), maxWaiting: 10 });
    const order: string[] = [];
    const [a, b, c, other] = ['a', 'b', 'c', 'other'].map((name) => held(order, name));
    const deadline = Number.MAX_SAFE_INTEGER;
    const results = [a!, b!, c!].map(({ work }) => queue.run('session', deadline, work));
    results.push(queue.run('another', deadline, other!.work));
    await turns();
    expect(order).toEqual(['a', 'other']);
    a!.end();
    await turns();
    expect(order).toEqual(['a', 'other', 'b']);
    for (const each of [b, c, other]) each!.end();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'other']);
    expect(queue.size).toBe(0);
  });

  it('goes on after one that failed', async () => {
    const queue = new SessionQueue({ clock: new ManualClock(), maxWaiting: 10 });
    const failing = queue.run('s', 1e15, () => Promise.reject(new Error('failed')));
    const next = queue.run('s', 1e15, async () => 'next');
    await expect(failing).rejects.toThrow('failed');
    expect(await next).toBe('next');
  });

  it('refuses what is one too many, and what waited too long, without beginning it', async () => {
    const clock = new ManualClock();
    const queue = new SessionQueue({ clock, maxWaiting: 2 });
    const order: string[] = [];
    const first = held(order, 'first');
    const running = queue.run('s', 1e15, first.work);
    const late = queue.run('s', clock.now() + 100, held(order, 'late').work);
    const patient = held(order, 'patient');
    const waiting = queue.run('s', clock.now() + 1000, patient.work);
    await expect(queue.run('s', 1e15, held(order, 'too many').work)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
    clock.advance(100);
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' });
    first.end();
    patient.end();
    expect(await Promise.all([running, waiting])).toEqual(['first', 'patient']);
    expect(order).toEqual(['first', 'patient']);
    expect(clock.pending).toBe(0);
  });
});
