import { execFile } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArtifactRefused, type ArtifactStore, type MakeArtifact } from '../../core/ports/artifacts.ts';
import { openArtifactStore } from './artifact-store.ts';

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const kib = 1024;
/** Blocks of an artifact with one file: the file's data and entry, and its directory. */
const overhead = 8 * kib;
const file =
  (size: number): MakeArtifact =>
  async (directory) =>
    writeFile(join(directory, 'file'), 'x'.repeat(size));

/** Makes something once it is opened. */
function gate(): { make: MakeArtifact; open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { make: () => opened, open };
}

let directory: string;
let store: ArtifactStore;
const open = async (maxBytes = 1024 * kib) => {
  store = await openArtifactStore({
    directory,
    maxBytes,
    onError: (error) => {
      throw error;
    },
  });
  return store;
};

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'longshore-artifacts-')), 'artifacts');
});
afterEach(async () => {
  await store.close();
  await rm(join(directory, '..'), { recursive: true });
});

describe('artifacts', () => {
  it('are made once for all that ask at a time, and found again after a restart', async () => {
    await open();
    let made = 0;
    const make: MakeArtifact = async (into) => {
      made += 1;
      await mkdir(join(into, 'below'), { mode: 0o700 });
      await writeFile(join(into, 'below', 'file'), 'content', { mode: 0o600 });
      await writeFile(join(into, 'program'), '', { mode: 0o700 });
      await chmod(join(into, 'program'), 0o4700);
    };
    const both = await Promise.all([store.take(digest('a'), make), store.take(digest('a'), make)]);
    expect(both[0].directory).toBe(both[1].directory);
    expect(made).toBe(1);
    const modeOf = async (name: string) => (await stat(join(both[0].directory, name))).mode & 0o7777;
    expect(await Promise.all(['', 'below', 'below/file', 'program'].map(modeOf))).toEqual([
      0o755, 0o755, 0o644, 0o755,
    ]);
    await store.close();
    await open();
    const again = await store.take(digest('a'), make);
    expect(await readFile(join(again.directory, 'below', 'file'), 'utf8')).toBe('content');
    expect(made).toBe(1);
  });

  it('leave nothing behind when making fails, and are tried anew', async () => {
    await open();
    const failing: MakeArtifact = async (into) => {
      await writeFile(join(into, 'half'), '');
      throw new Error('no more');
    };
    await expect(store.take(digest('a'), failing)).rejects.toThrow('no more');
    expect(await readdir(directory)).toEqual([]);
    (await store.take(digest('a'), file(1))).release();
    expect(await readdir(directory)).toEqual(['a'.repeat(64)]);
  });

  it('give way to others, the one used longest ago first, and never while in use', async () => {
    await open(3 * (overhead + 100 * kib));
    const take = (character: string, size = 100 * kib) => store.take(digest(character), file(size));
    const names = async () =>
      (await readdir(directory)).filter((each) => !each.startsWith('.')).map((each) => each[0]);
    const held = await take('a');
    for (const each of ['b', 'c', 'b']) (await take(each)).release();
    (await take('d')).release();
    expect(await names()).toEqual(['a', 'b', 'd']);
    await expect(take('e', 300 * kib)).rejects.toBeInstanceOf(ArtifactRefused);
    expect(await names()).toEqual(['a']);
    held.release();
    held.release();
    (await take('e', 300 * kib)).release();
    expect(await names()).toEqual(['e']);
    await expect(take('f', 400 * kib)).rejects.toThrow('more than');
  });

  it('give way to those of owners that have less than half, after a restart too', async () => {
    const space = 4 * (overhead + 100 * kib);
    await open(space);
    const take = (character: string, owner: string) =>
      store.take(digest(character), file(100 * kib), { owner });
    const names = async () =>
      (await readdir(directory)).filter((each) => !each.startsWith('.')).map((each) => each[0]);
    (await take('0', 'other')).release();
    for (const each of ['a', 'b', 'c', 'd']) (await take(each, 'greedy')).release();
    expect(await names()).toEqual(['0', 'b', 'c', 'd']);
    (await take('1', 'third')).release();
    expect(await names()).toEqual(['0', '1', 'c', 'd']);
    await store.close();
    await open(space);
    const held = [await take('e', 'greedy'), await take('f', 'greedy')];
    expect(await names()).toEqual(['0', '1', 'e', 'f']);
    await expect(take('a', 'greedy')).rejects.toThrow('more than half');
    expect(await names()).toEqual(['0', '1', 'e', 'f']);
    for (const { release } of held) release();
    expect((await stat(join(directory, 'e'.repeat(64), 'owner'))).mode & 0o777).toBe(0o600);
  });

  it('shrink to a smaller bound at the next start, without what was left half-made', async () => {
    await open();
    for (const each of ['a', 'b']) (await store.take(digest(each), file(100 * kib))).release();
    await store.close();
    await mkdir(join(directory, '.making-1', 'content'), { recursive: true });
    await mkdir(join(directory, 'c'.repeat(64)));
    await open(150 * kib);
    await store.close();
    expect(await readdir(directory)).toEqual(['b'.repeat(64)]);
  });

  it.each([
    ['a symbolic link', (at: string) => symlink('/etc/passwd', at)],
    ['a pipe', (at: string) => promisify(execFile)('mkfifo', [at])],
    [
      'a hard link',
      async (at: string) => {
        await writeFile(`${at}.first`, '');
        await link(`${at}.first`, at);
      },
    ],
  ])('never hold %s', async (_what, place) => {
    await open();
    const make: MakeArtifact = async (into) => void (await place(join(into, 'thing')));
    await expect(store.take(digest('a'), make)).rejects.toBeInstanceOf(ArtifactRefused);
    expect(await readdir(directory)).toEqual([]);
  });

  it('are made for owners in turn, two at a time', async () => {
    await open();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const make =
      (name: string): MakeArtifact =>
      () => {
        begun.push(name);
        return new Promise((resolve) => ends.push(resolve));
      };
    const wanted = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1'];
    const taken = wanted.map((name, index) =>
      store.take(digest(String(index)), make(name), { owner: name[0]! }),
    );
    for (let index = 0; index < wanted.length; index += 1) {
      await vi.waitFor(() => expect(ends).toHaveLength(Math.min(index + 2, wanted.length)));
      ends[index]!();
    }
    await Promise.all(taken);
    expect(begun.slice(2)).toEqual(['b1', 'a3', 'c1', 'a4']);
  });

  it('are not begun once the last that waited for them has given up', async () => {
    await open();
    const gates = [gate(), gate()];
    const busy = gates.map((each, index) => store.take(digest(String(index)), each.make));
    const [one, other] = [new AbortController(), new AbortController()];
    let begun = 0;
    const make: MakeArtifact = async () => void (begun += 1);
    const waits = [one, other].map(({ signal }) => store.take(digest('a'), make, { owner: 'a', signal }));
    one.abort(new Error('no longer'));
    await expect(waits[0]).rejects.toThrow('no longer');
    const last = store.take(digest('b'), make, { owner: 'b' });
    other.abort(new Error('nor this'));
    await expect(waits[1]).rejects.toThrow('nor this');
    for (const { open } of gates) open();
    await Promise.all([...busy, last]);
    expect(begun).toBe(1);
    await expect(store.take(digest('b'), make, { signal: AbortSignal.abort('late') })).rejects.toBe('late');
  });

  it('are finished once begun, though nobody waits any more', async () => {
    await open();
    const { make, open: finish } = gate();
    const given = new AbortController();
    const taken = store.take(digest('a'), make, { signal: given.signal });
    const next = store.take(digest('a'), () => Promise.reject(new Error('made twice')));
    given.abort(new Error('no longer'));
    await expect(taken).rejects.toThrow('no longer');
    finish();
    await next;
  });

  it('wait in bounded numbers: twenty of one owner, and others beside them', async () => {
    await open();
    const gates = [gate(), gate()];
    const busy = gates.map((each, index) => store.take(digest(String(index)), each.make));
    const numbered = (number: number) => `sha256:${number.toString(16).padStart(64, 'f')}`;
    const waiting = Array.from({ length: 20 }, (_, each) =>
      store.take(numbered(each), file(1), { owner: 'a' }),
    );
    await expect(store.take(numbered(20), file(1), { owner: 'a' })).rejects.toThrow('20 of yours');
    const other = store.take(numbered(21), file(1), { owner: 'b' });
    for (const { open } of gates) open();
    await Promise.all([...busy, ...waiting, other]);
  });

  it('that fail for one are made again for another that waited', async () => {
    await open();
    const fail: ((error: Error) => void)[] = [];
    const failing: MakeArtifact = () => new Promise((_resolve, reject) => fail.push(reject));
    const wrong = store.take(digest('a'), failing, { owner: 'a' });
    const same = store.take(digest('a'), file(1), { owner: 'a' });
    const right = store.take(digest('a'), file(1), { owner: 'b' });
    const outcomes = Promise.allSettled([wrong, same]);
    await vi.waitFor(() => expect(fail).toHaveLength(1));
    fail[0]!(new Error('wrong address'));
    expect((await right).directory).toContain('a'.repeat(64));
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ reason: { message: 'wrong address' } });
  });

  it('are given up when the server stops', async () => {
    await open();
    const making = store.take(digest('a'), (_into, signal) => {
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    });
    const outcome = expect(making).rejects.toThrow('stopping');
    await store.close();
    await outcome;
    expect(await readdir(directory)).toEqual([]);
  });
});
