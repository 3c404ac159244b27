import { describe, expect, it } from 'vitest';
import { StartQueue } from './start-queue.ts';
import { WarmSandboxes } from './warm-sandboxes.ts';

/** Says how often it was asked for a turn, and gives none after so many that only an endless loop asks for. */
class CountingQueue extends StartQueue {
  asked = 0;

  override run: StartQueue['run'] = (need, start) => {
    this.asked += 1;
    return this.asked > 100 ? new Promise(() => {}) : super.run(need, start);
  };
}

describe('WarmSandboxes', () => {
  it('start nothing more once the queue is closed, though some are missing', async () => {
    const queue = new CountingQueue(1);
    const ends: (() => void)[] = [];
    const start = () => new Promise<never>((_, reject) => ends.push(() => reject(new Error('no memory'))));
    const warm = new WarmSandboxes({ queue, start, health: () => {} });
    warm.keep(2);
    queue.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.asked).toBe(2);
    const waiting = warm.take(5_000);
    ends[0]?.();
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await warm.close();
  });
});
