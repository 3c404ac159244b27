import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { SandboxError, type ClaimRequest, type Sandbox } from '../ports/sandbox.ts';
import { LiveSandboxes, type Tenancy } from './live-sandboxes.ts';

/** Counts claims and ends; runs nothing. */
class CountingPool {
  claims: string[] = [];
  living = new Set<string>();
  most = Number.POSITIVE_INFINITY;
  /** Its sandboxes never end. */
  hangs = false;

  async claim(request: ClaimRequest): Promise<Sandbox> {
    if (this.living.size >= this.most) throw new SandboxError('SANDBOXES_EXHAUSTED', 'full');
    const id = `${request.use.session}#${this.claims.push(request.use.session)}`;
    this.living.add(id);
    const { living } = this;
    return {
      id,
      get alive() {
        return living.has(id);
      },
      destroy: () => (this.hangs ? new Promise<void>(() => {}) : Promise.resolve(void living.delete(id))),
    } as Sandbox;
  }
}

function opened(most: number) {
  const pool = new CountingPool();
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const sandboxes = new LiveSandboxes({ pool, clock, most, onError: (error) => errors.push(error) });
  const acquire = (key: string, waitMs = 1000, lifeMs = 3_600_000, more: Partial<Tenancy> = {}) =>
    sandboxes.acquire({
      key,
      // Sessions are of callers of their own, unless a test says otherwise.
      owner: key,
      deadline: clock.now() + waitMs,
      expiresAt: clock.now() + lifeMs,
      request: () => ({
        runtime: 'nodejs',
        use: { principal: 'p', session: key },
        code: { digest: key, files: {}, entry: '' },
        environment: {},
      }),
      ...more,
    });
  return { pool, clock, sandboxes, acquire, errors };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('LiveSandboxes', () => {
  it('keeps a sandbox for its session until it is discarded', async () => {
    const { pool, sandboxes, acquire } = opened(4);
    const first = await acquire('a');
    sandboxes.release('a');
    expect(await acquire('a')).toBe(first);
    sandboxes.release('a');
    await sandboxes.discard('a');
    expect(pool.living.size).toBe(0);
    expect((await acquire('a')).id).not.toBe(first.id);
  });

  it('starts a fresh one where the one before has ended', async () => {
    const { pool, sandboxes, acquire } = opened(1);
    const first = await acquire('a');
    await first.destroy();
    sandboxes.release('a');
    await turns();
    expect(sandboxes.size).toBe(0);
    await acquire('a');
    expect(pool.claims).toEqual(['a', 'a']);
  });

  it('makes room by taking down the idle one that was used longest ago', async () => {
    const { pool, sandboxes, acquire } = opened(2);
    for (const key of ['a', 'b']) {
      await acquire(key);
      sandboxes.release(key);
    }
    await acquire('a');
    sandboxes.release('a');
    await acquire('c');
    expect([...pool.living]).toEqual(['a#1', 'c#3']);
  });

  it('waits where all are in use, and gives up at the deadline', async () => {
    const { pool, clock, sandboxes, acquire } = opened(1);
    await acquire('a');
    const second = acquire('b', 1000);
    const third = acquire('c', 100);
    await turns();
    clock.advance(100);
    await expect(third).rejects.toMatchObject({ code: 'SANDBOXES_EXHAUSTED' });
    sandboxes.release('a');
    expect((await second).id).toBe('b#2');
    expect([...pool.living]).toEqual(['b#2']);
    await sandboxes.close();
    expect(clock.pending).toBe(0);
  });

  it('gives back what it holds when the pool has no more', async () => {
    const { pool, sandboxes, acquire } = opened(10);
    pool.most = 2;
    for (const key of ['a', 'b']) {
      await acquire(key);
      sandboxes.release(key);
    }
    await acquire('c');
    expect([...pool.living]).toEqual(['b#2', 'c#3']);
  });

  it('gives up at the deadline also where what is to make room does not end', async () => {
    const { pool, clock, sandboxes, acquire } = opened(1);
    await acquire('a');
    sandboxes.release('a');
    pool.hangs = true;
    const takingDown = acquire('b', 100);
    await turns();
    const waiting = acquire('c', 200);
    await turns();
    clock.advance(100);
    await expect(takingDown).rejects.toMatchObject({ code: 'TIMEOUT' });
    await turns();
    clock.advance(100);
    await expect(waiting).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('never holds more than allowed, however many come at once', async () => {
    const { pool, sandboxes, acquire } = opened(3);
    let most = 0;
    const use = async (key: string) => {
      await acquire(key);
      most = Math.max(most, pool.living.size);
      await turns();
      sandboxes.release(key);
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => use(`s${index}`)));
    expect(most).toBe(3);
    expect(pool.claims).toHaveLength(50);
  });

  it('leaves nothing of one that is given up while it starts', async () => {
    const { pool, sandboxes, acquire } = opened(2);
    const starting = acquire('a');
    await sandboxes.discard('a');
    await expect(starting).rejects.toMatchObject({ code: 'SANDBOX_ENDED' });
    await turns();
    expect([...pool.living]).toEqual([]);
    expect(sandboxes.size).toBe(0);
  });

  it('leaves nothing of one where nobody can tell whether it is still wanted', async () => {
    const { pool, sandboxes, acquire } = opened(2);
    const isWanted = () => Promise.reject(new Error('disk is full'));
    await expect(acquire('a', 1000, 3_600_000, { isWanted })).rejects.toThrow('disk is full');
    expect([...pool.living]).toEqual([]);
    expect(sandboxes.size).toBe(0);
    await acquire('a');
  });

  it('takes down expired ones by itself, and everything when it is closed', async () => {
    const { pool, clock, sandboxes, acquire } = opened(5);
    await acquire('short', 1000, 10_000);
    sandboxes.release('short');
    await acquire('long');
    sandboxes.release('long');
    clock.advance(15_000);
    await turns();
    expect([...pool.living]).toEqual(['long#2']);
    await sandboxes.close();
    expect(pool.living.size).toBe(0);
    await expect(acquire('after')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(pool.living.size).toBe(0);
  });

  it('takes from the caller that holds the most, not from who was idle longest', async () => {
    const { pool, sandboxes, acquire } = opened(4);
    const of = async (owner: string, key: string) => {
      await acquire(key, 1000, 3_600_000, { owner });
      sandboxes.release(key);
    };
    await of('modest', 'm');
    for (const key of ['a', 'b', 'c', 'd', 'e']) await of('greedy', key);
    expect([...pool.living]).toEqual(['m#1', 'c#4', 'd#5', 'e#6']);
  });

  it('has room for another caller while one uses as many as it may', async () => {
    const { pool, sandboxes, acquire } = opened(4);
    const greedy = ['a', 'b', 'c'].map((key) => acquire(key, 1000, 3_600_000, { owner: 'greedy' }));
    await Promise.all(greedy.slice(0, 2));
    await acquire('m', 1000, 3_600_000, { owner: 'modest' });
    expect([...pool.living]).toEqual(['a#1', 'b#2', 'm#3']);
    sandboxes.release('a');
    await greedy[2];
    expect(pool.claims).toEqual(['a', 'b', 'm', 'c']);
  });

  it('ends those of a version that is gone: idle, in use, and on their way', async () => {
    const { pool, sandboxes, acquire } = opened(9);
    const of = (key: string, more: Partial<Tenancy> = {}) =>
      acquire(key, 1000, 3_600_000, { of: 'version', ...more });
    await of('idle');
    sandboxes.release('idle');
    await of('used');
    await of('other', { of: 'another version' });
    const starting = of('starting');
    await Promise.all([
      sandboxes.endOf('version'),
      expect(starting).rejects.toMatchObject({ code: 'SANDBOX_ENDED' }),
      expect(of('late', { isWanted: async () => false })).rejects.toMatchObject({ code: 'SANDBOX_ENDED' }),
    ]);
    expect([...pool.living]).toEqual(['other#3']);
    sandboxes.release('used');
    expect(sandboxes.size).toBe(1);
    await sandboxes.clear();
    expect(pool.living.size).toBe(0);
    // Nothing of anybody's share is lost.
    await Promise.all(['1', '2', '3', '4'].map((key) => of(key, { owner: 'one' })));
  });
});
