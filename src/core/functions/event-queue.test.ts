import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';

describe('EventQueue', () => {
  it('goes on after work that throws before it is asynchronous, and tells of it', async () => {
    const errors: unknown[] = [];
    const events = new EventQueue({
      ...{ atOnce: 1, most: 10, mostBytes: 100 },
      onError: (error) => errors.push(error),
    });
    const broken = () => {
      throw new Error('broken');
    };
    events.add(50, broken);
    events.add(50, broken);
    await expect.poll(() => errors).toEqual([new Error('broken'), new Error('broken')]);
    await new Promise<void>((done) => events.add(100, async () => done()));
  });
});
