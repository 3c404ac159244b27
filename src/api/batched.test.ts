import { describe, expect, it } from 'vitest';
import { batched } from './batched.ts';

async function* of(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}
async function collected(texts: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const text of texts) all.push(text);
  return all;
}

describe('what is there at once', () => {
  it('comes as one', async () => {
    expect(await collected(batched(of('a', 'b', 'c')))).toEqual(['abc']);
    expect(await collected(batched(of()))).toEqual([]);
  });

  it('comes in parts where it is much', async () => {
    const line = 'x'.repeat(10_000);
    const all = await collected(batched(of(...Array<string>(20).fill(line))));
    expect(all.length).toBeGreaterThan(1);
    expect(all.join('')).toBe(line.repeat(20));
  });
});

it('does not keep back what came before a silence', async () => {
  let go!: () => void;
  const silence = new Promise<void>((resolve) => (go = resolve));
  async function* slow() {
    yield 'first';
    await silence;
    yield 'second';
  }
  const texts = batched(slow());
  expect(await texts.next()).toEqual({ done: false, value: 'first' });
  go();
  expect(await texts.next()).toEqual({ done: false, value: 'second' });
  expect((await texts.next()).done).toBe(true);
});

it('tells what came before a failure, then the failure', async () => {
  async function* failing() {
    yield 'before';
    throw new Error('broken');
  }
  const texts = batched(failing());
  expect(await texts.next()).toEqual({ done: false, value: 'before' });
  await expect(texts.next()).rejects.toThrow('broken');
});

it('ends its source when its reader leaves', async () => {
  let ended = false;
  async function* endless() {
    try {
      while (true) {
        yield 'x';
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended = true;
    }
  }
  for await (const text of batched(endless())) {
    expect(text).not.toBe('');
    break;
  }
  expect(ended).toBe(true);
});
