import { describe, expect, it } from 'vitest';
import { StartQueue, type Need } from './start-queue.ts';

/** Starts that end when the test says so, and the order in which they began. */
function trial(parallel: number) {
  const queue = new StartQueue(parallel);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string, need: () => Need) =>
    queue.run(need, (urgent) => {
      begun.push(`${name} ${urgent ? 'urgent' : 'ahead'}`);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  const turns = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (name: string) => {
    await turns();
    ends.get(name)?.();
    await turns();
  };
  return { queue, begun, run, end };
}

describe('StartQueue', () => {
  it('starts so many at a time, and those that somebody waits for by then first', async () => {
    const { begun, run, end } = trial(1);
    let later: Need = 'ahead';
    void run('first', () => 'ahead');
    void run('second', () => 'ahead');
    void run('third', () => later);
    later = 'urgent';
    await end('first');
    await end('third');
    expect(begun).toEqual(['first ahead', 'third urgent', 'second ahead']);
  });

  it('does not begin what nobody needs any more', async () => {
    const { begun, run, end } = trial(1);
    let need: Need = 'urgent';
    void run('first', () => 'urgent');
    const second = run('second', () => need);
    void run('third', () => 'ahead');
    need = 'none';
    await end('first');
    expect(await second).toBeUndefined();
    expect(begun).toEqual(['first urgent', 'third ahead']);
  });

  it('leaves one turn to those that somebody waits for, however many are started ahead', async () => {
    const { begun, run, end } = trial(2);
    void run('first', () => 'ahead');
    void run('second', () => 'ahead');
    void run('third', () => 'urgent');
    await end('third');
    expect(begun).toEqual(['first ahead', 'third urgent']);
    await end('first');
    expect(begun).toEqual(['first ahead', 'third urgent', 'second ahead']);
  });

  it('begins one that was to be started ahead as soon as somebody waits for it', async () => {
    const { queue, begun, run } = trial(2);
    let need: Need = 'ahead';
    void run('first', () => 'ahead');
    void run('second', () => need);
    need = 'urgent';
    queue.needsChanged();
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['first ahead', 'second urgent']);
  });

  it('begins nothing more once it is closed', async () => {
    const { queue, begun, run, end } = trial(1);
    const first = run('first', () => 'urgent');
    const second = run('second', () => 'urgent');
    queue.close();
    expect(await second).toBeUndefined();
    await end('first');
    expect(await first).toBe('first');
    expect(await run('third', () => 'urgent')).toBeUndefined();
    expect(begun).toEqual(['first urgent']);
  });
});
