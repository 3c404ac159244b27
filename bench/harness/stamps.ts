import { watch, type FSWatcher } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Cleanup } from './cleanup.ts';

const patienceMs = 60_000;

/** A directory in which the first process of a container makes a file, and when it was seen to. */
export class Stamps {
  readonly directory: string;
  readonly #watcher: FSWatcher;
  readonly #waiting = new Map<string, (at: number) => void>();

  static async open(cleanup: Cleanup): Promise<Stamps> {
    const directory = await mkdtemp(join(tmpdir(), 'lsbs-'));
    cleanup.add(() => rm(directory, { recursive: true, force: true }));
    await chmod(directory, 0o755);
    const stamps = new Stamps(directory);
    cleanup.add(() => stamps.#watcher.close());
    return stamps;
  }

  private constructor(directory: string) {
    this.directory = directory;
    this.#watcher = watch(directory, (_, name) => {
      if (name === null) return;
      this.#waiting.get(name)?.(performance.now());
      this.#waiting.delete(name);
    });
  }

  /** The time, by `performance.now()`, at which the file appears. Throws after a minute in vain. */
  expect(name: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(name);
        reject(new Error(`no first instruction within ${patienceMs} ms`));
      }, patienceMs);
      this.#waiting.set(name, (at) => {
        clearTimeout(late);
        resolve(at);
      });
    });
  }

  async clear(): Promise<void> {
    for (const name of await readdir(this.directory)) await rm(join(this.directory, name));
  }
}
