import { getEventListeners, once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { withDeadline } from './deadline.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('a deadline', () => {
  it('is kept though memory is collected meanwhile', async () => {
    const { signal } = withDeadline(50, [new AbortController().signal]);
    const collecting = setInterval(collect, 5);
    await once(signal, 'abort').finally(() => clearInterval(collecting));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('comes early with one of its signals, and lets go of the others', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { signal } = withDeadline(60_000, [one.signal, undefined, other.signal]);
    one.abort('enough');
    expect(signal.reason).toBe('enough');
    expect(getEventListeners(other.signal, 'abort')).toEqual([]);
  });

  it('has come where a signal was aborted before', () => {
    const { signal } = withDeadline(60_000, [AbortSignal.abort('before')]);
    expect(signal.reason).toBe('before');
  });

  it('does not come once it is cleared', () => {
    const given = new AbortController();
    const { signal, clear } = withDeadline(60_000, [given.signal]);
    clear();
    given.abort();
    expect(signal.aborted).toBe(false);
    expect(getEventListeners(given.signal, 'abort')).toEqual([]);
  });
});
