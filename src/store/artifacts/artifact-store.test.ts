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
    const taken = wanted.map((name, index) => store.take(digest(String(index)), make(name), name[0]));
    for (let index = 0; index < wanted.length; index += 1) {
      await vi.waitFor(() => expect(ends).toHaveLength(Math.min(index + 2, wanted.length)));
      ends[index]!();
    }
    await Promise.all(taken);
    expect(begun.slice(2)).toEqual(['a3', 'b1', 'c1', 'a4']);
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
