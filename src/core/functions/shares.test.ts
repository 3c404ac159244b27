import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { SandboxError } from '../ports/sandbox.ts';
import { Shares } from './shares.ts';

function opened(most: number) {
  const clock = new ManualClock();
  const shares = new Shares({ clock, most });
  const entered: string[] = [];
  const refused: string[] = [];
  const enter = (owner: string, waitMs = 1000) =>
    Promise.resolve()
      .then(() => shares.enter(owner, clock.now() + waitMs))
      .then(
        () => entered.push(owner),
        (error: SandboxError) => refused.push(`${owner} ${error.code}`),
      );
  const enterMany = (owner: string, times: number) => {
    for (let time = 0; time < times; time++) void enter(owner);
  };
  return { clock, shares, entered, refused, enter, enterMany };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));
const count = (names: string[], name: string) => names.filter((each) => each === name).length;

describe('Shares', () => {
  it('leaves room for others, whatever one asks for', async () => {
    const { entered, enterMany } = opened(16);
    enterMany('greedy', 100);
    enterMany('second', 100);
    enterMany('third', 100);
    await turns();
    expect(['greedy', 'second', 'third'].map((owner) => count(entered, owner))).toEqual([8, 4, 2]);
  });

  it('serves who has the fewest first, and each in the order they came', async () => {
    const { shares, entered, enter, enterMany } = opened(4);
    enterMany('greedy', 10);
    enterMany('second', 1);
    enterMany('third', 1);
    await turns();
    expect(entered).toEqual(['greedy', 'greedy', 'second', 'third']);
    void enter('fourth');
    shares.leave('greedy');
    await turns();
    expect(entered.at(-1)).toBe('fourth');
    shares.leave('second');
    await turns();
    expect(entered).toHaveLength(5);
    shares.leave('third');
    await turns();
    expect(entered.at(-1)).toBe('greedy');
  });

  it('lets go of those that wait too long, and of too many', async () => {
    const { clock, shares, entered, refused, enter, enterMany } = opened(1);
    enterMany('one', 501);
    await turns();
    expect(refused).toEqual([]);
    void enter('one');
    void enter('late', 100);
    await turns();
    expect(refused).toEqual(['one SANDBOXES_EXHAUSTED']);
    clock.advance(100);
    await turns();
    expect(refused.at(-1)).toBe('late SANDBOXES_EXHAUSTED');
    shares.leave('one');
    await turns();
    expect(entered).toEqual(['one', 'one']);
    shares.close(new SandboxError('UNAVAILABLE', 'closing'));
    await turns();
    expect(refused.at(-1)).toBe('one UNAVAILABLE');
    expect(clock.pending).toBe(0);
  });
});
