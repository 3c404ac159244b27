import { describe, expect, it } from 'vitest';
import { EventQueue, type EventQueueOptions } from './event-queue.ts';

const errors: unknown[] = [];
const bounds = { most: 1000, mostBytes: 1_000_000 };
const opened = (options: Partial<EventQueueOptions> = {}) =>
  new EventQueue({
    ...{ atOnce: 4, ofAll: bounds, ofOwner: bounds, onError: (error) => errors.push(error) },
    ...options,
  });

/** Work that ends when the test says so, by name in the order in which it began. */
class Work {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  of = (name: string) => () =>
    new Promise<void>((end) => {
      this.begun.push(name);
      this.#ends.set(name, end);
    });

  async hasBegun(...names: string[]): Promise<void> {
    await expect.poll(() => this.begun).toEqual(names);
  }

  end(name: string): void {
    this.#ends.get(name)!();
  }
}

describe('EventQueue', () => {
  it('goes on after work that throws before it is asynchronous, and tells of it', async () => {
    const events = opened({ atOnce: 1 });
    const broken = () => {
      throw new Error('broken');
    };
    events.add('a', 50, broken);
    events.add('a', 50, broken);
    await expect.poll(() => errors).toEqual([new Error('broken'), new Error('broken')]);
    await new Promise<void>((done) => events.add('a', 100, async () => done()));
  });

  it('lets owners take turns, each in its own order', async () => {
    const events = opened({ atOnce: 1 });
    const work = new Work();
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) events.add(name[0]!, 1, work.of(name));
    const order = ['a1', 'b1', 'c1', 'a2', 'b2', 'a3'];
    for (const [index, name] of order.entries()) {
      await work.hasBegun(...order.slice(0, index + 1));
      work.end(name);
    }
  });

  it('gives nobody more than half while others wait, and all who is alone', async () => {
    const events = opened();
    const work = new Work();
    for (const n of [1, 2, 3, 4, 5, 6, 7]) events.add('a', 1, work.of(`a${n}`));
    await work.hasBegun('a1', 'a2', 'a3', 'a4');
    for (const n of [1, 2, 3]) events.add('b', 1, work.of(`b${n}`));
    work.end('a1');
    await work.hasBegun('a1', 'a2', 'a3', 'a4', 'b1');
    work.end('a2');
    await work.hasBegun('a1', 'a2', 'a3', 'a4', 'b1', 'b2');
    work.end('b1');
    await work.hasBegun('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3');
    work.end('b2');
    await work.hasBegun('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'a5');
  });

  it.each([
    ['events of one owner', { ofOwner: { ...bounds, most: 2 } }, 1, 'b'],
    ['bytes of one owner', { ofOwner: { ...bounds, mostBytes: 20 } }, 10, 'b'],
    ['events of all', { ofAll: { ...bounds, most: 2 } }, 1, undefined],
    ['bytes of all', { ofAll: { ...bounds, mostBytes: 20 } }, 10, undefined],
  ])('refuses too many %s until some have ended', async (_, options, bytes, other) => {
    const events = opened({ ...options, atOnce: 1 });
    const work = new Work();
    events.add('a', bytes, work.of('1'));
    events.add('a', bytes, work.of('2'));
    const refusal = expect.objectContaining({ code: 'RATE_LIMITED' }) as Error;
    expect(() => events.add('a', bytes, work.of('3'))).toThrow(refusal);
    if (other !== undefined) events.add(other, bytes, work.of('4'));
    else expect(() => events.add('b', bytes, work.of('4'))).toThrow(refusal);
    await work.hasBegun('1');
    work.end('1');
    await expect.poll(() => work.begun.length).toBe(2);
    events.add('a', bytes, work.of('5'));
  });

  it('forgets what waits when it is cleared, and takes nothing once it is closed', async () => {
    const events = opened({ atOnce: 1, ofOwner: { ...bounds, most: 2 } });
    const work = new Work();
    events.add('a', 1, work.of('1'));
    events.add('a', 1, work.of('2'));
    await work.hasBegun('1');
    events.clear();
    events.add('a', 1, work.of('3'));
    work.end('1');
    await work.hasBegun('1', '3');
    events.close();
    expect(() => events.add('a', 1, work.of('4'))).toThrow('Too many events');
  });
});
