/**
 * Artifacts in a directory: `<digest>/content` is the artifact, `<digest>/bytes` what it takes, changed last when it
 * was used last, `<digest>/owner` for whom it was made. What is being made or removed has a name that begins with a
 * dot, and is removed at the next start.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  ArtifactRefused,
  type Artifact,
  type ArtifactStore,
  type ArtifactWanted,
  type MakeArtifact,
} from '../../core/ports/artifacts.ts';
import { unlessAborted } from '../../telemetry/deadline.ts';
import { seal } from './seal.ts';
import { Turns } from './turns.ts';

const run = promisify(execFile);

export interface ArtifactStoreOptions {
  /** Its parent is there; nobody else writes to it. */
  directory: string;
  /** Of all artifacts together. */
  maxBytes: number;
  /** What went wrong while something was removed or its last use was noted. */
  onError: (error: unknown) => void;
}

interface Entry {
  bytes: number;
  /** For whom it was made. Empty: for the server itself. */
  owner: string;
  uses: number;
}

interface Making {
  owner: string;
  done: Promise<void>;
  waiting: number;
  /** Gives up its place among those that wait for their turn. Does nothing once it is begun. */
  giveUp: () => void;
}

const name = /^[0-9a-f]{64}$/;

export async function openArtifactStore(options: ArtifactStoreOptions): Promise<ArtifactStore> {
  const { directory } = options;
  await mkdir(directory, { recursive: true });
  // Sandboxes look from below, with user ids of their own: they pass through, and list nothing.
  await chmod(directory, 0o711);
  const found: ({ digest: string } & Found)[] = [];
  for (const each of await readdir(directory)) {
    const kept = name.test(each) ? await look(join(directory, each)) : undefined;
    if (kept === undefined) await rm(join(directory, each), { recursive: true, force: true });
    else found.push({ digest: each, ...kept });
  }
  found.sort((one, other) => one.usedAt - other.usedAt);
  const entries = found.map(({ digest, bytes, owner }): [string, Entry] => [
    digest,
    { bytes, owner, uses: 0 },
  ]);
  const store = new FileArtifactStore(options, new Map(entries));
  await store.reserve(0);
  return store;
}

interface Found {
  bytes: number;
  owner: string;
  usedAt: number;
}

async function look(directory: string): Promise<Found | undefined> {
  try {
    const file = join(directory, 'bytes');
    const bytes = Number(await readFile(file, 'utf8'));
    if (!Number.isSafeInteger(bytes)) return undefined;
    // Those of earlier servers have none.
    const owner = await readFile(join(directory, 'owner'), 'utf8').catch(() => '');
    return { bytes, owner, usedAt: (await stat(file)).mtimeMs };
  } catch {
    return undefined;
  }
}

class FileArtifactStore implements ArtifactStore {
  readonly directory: string;
  readonly #options: ArtifactStoreOptions;
  /** The one used longest ago comes first. */
  readonly #entries: Map<string, Entry>;
  readonly #making = new Map<string, Making>();
  readonly #removing = new Set<Promise<void>>();
  readonly #turns = new Turns();
  /** What the entries of each owner take together. */
  readonly #bytesOf = new Map<string, number>();
  readonly #closing = new AbortController();
  #bytes: number;

  constructor(options: ArtifactStoreOptions, entries: Map<string, Entry>) {
    this.#options = options;
    this.directory = options.directory;
    this.#entries = entries;
    this.#bytes = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { owner, bytes } of entries.values()) this.#count(owner, bytes);
  }

  async take(digest: string, make: MakeArtifact, wanted: ArtifactWanted = {}): Promise<Artifact> {
    const { owner = '', signal } = wanted;
    const key = digest.replace(/^sha256:/, '');
    if (!name.test(key)) throw new Error(`'${digest}' is no digest`);
    for (;;) {
      this.#closing.signal.throwIfAborted();
      signal?.throwIfAborted();
      const entry = this.#entries.get(key);
      if (entry !== undefined) return this.#lend(key, entry);
      const making = this.#making.get(key) ?? this.#begin(key, make, owner);
      try {
        await this.#made(making, signal);
      } catch (error) {
        // Another's way of making it may fail where this one works.
        if (making.owner === owner) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the server is stopping'));
    await Promise.allSettled([...this.#making.values()].map(({ done }) => done));
    await Promise.all(this.#removing);
  }

  #lend(key: string, entry: Entry): Artifact {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.uses += 1;
    const now = new Date();
    utimes(join(this.directory, key, 'bytes'), now, now).catch(this.#options.onError);
    let held = true;
    const release = () => {
      if (held) entry.uses -= 1;
      held = false;
    };
    return { directory: join(this.directory, key, 'content'), release };
  }

  #begin(key: string, make: MakeArtifact, owner: string): Making {
    const queued = new AbortController();
    const over = () => {
      if (this.#making.get(key) === making) this.#making.delete(key);
    };
    const giveUp = () => {
      if (isBegun) return;
      over();
      queued.abort(new Error('nobody waits for it any more'));
    };
    let isBegun = false;
    const made = async () => {
      const end = await this.#turns.take(owner, queued.signal);
      isBegun = true;
      await this.#make(key, make, owner).finally(end);
    };
    const making: Making = { owner, done: made().finally(over), waiting: 0, giveUp };
    making.done.catch(() => {});
    this.#making.set(key, making);
    return making;
  }

  async #made(making: Making, signal: AbortSignal | undefined): Promise<void> {
    making.waiting += 1;
    try {
      await unlessAborted(making.done, signal);
    } finally {
      making.waiting -= 1;
      if (making.waiting === 0) making.giveUp();
    }
  }

  async #make(key: string, make: MakeArtifact, owner: string): Promise<void> {
    const draft = join(this.directory, `.making-${randomBytes(8).toString('hex')}`);
    const content = join(draft, 'content');
    let reserved = 0;
    try {
      this.#closing.signal.throwIfAborted();
      await mkdir(content, { recursive: true });
      await make(content, this.#closing.signal);
      const bytes = await seal(content, this.#options.maxBytes);
      await writeFile(join(draft, 'bytes'), String(bytes));
      // Not for the sandboxes that pass through.
      await writeFile(join(draft, 'owner'), owner, { mode: 0o600 });
      await chmod(draft, 0o711);
      // After a loss of power too, what has its name is whole.
      await run('sync', ['-f', draft]);
      await this.reserve(bytes, owner);
      reserved = bytes;
      await rename(draft, join(this.directory, key));
      this.#entries.set(key, { bytes, owner, uses: 0 });
      this.#count(owner, bytes);
    } catch (error) {
      this.#bytes -= reserved;
      throw error;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /** Removes what may give way. Throws `ArtifactRefused` where that leaves no room. */
  async reserve(bytes: number, owner = ''): Promise<void> {
    const { maxBytes } = this.#options;
    while (this.#bytes + bytes > maxBytes) {
      const found = this.#toGiveWay(bytes, owner);
      if (found === undefined)
        throw new ArtifactRefused(
          this.#isOverShare(owner, bytes)
            ? `with it yours would take more than half of ${maxBytes} bytes, and others need the rest.`
            : `all ${maxBytes} bytes for it are in use; try again later.`,
        );
      const [key, entry] = found;
      this.#entries.delete(key);
      this.#count(entry.owner, -entry.bytes);
      this.#bytes -= entry.bytes;
      await this.#remove(key);
    }
    this.#bytes += bytes;
  }

  /**
   * What nobody uses and was used longest ago: of owners with more than their share first. Whoever would have more
   * takes nothing of others.
   */
  #toGiveWay(bytes: number, owner: string): [string, Entry] | undefined {
    const unused = [...this.#entries].filter(([, { uses }]) => uses === 0);
    if (this.#isOverShare(owner, bytes))
      return (
        unused.find(([, entry]) => entry.owner === owner) ?? unused.find(([, entry]) => entry.owner === '')
      );
    return unused.find(([, entry]) => this.#isOverShare(entry.owner)) ?? unused[0];
  }

  /** The server's own have no share: there are few. */
  #isOverShare(owner: string, more = 0): boolean {
    if (owner === '') return false;
    return (this.#bytesOf.get(owner) ?? 0) + more > this.#options.maxBytes / 2;
  }

  #count(owner: string, bytes: number): void {
    const left = (this.#bytesOf.get(owner) ?? 0) + bytes;
    if (left === 0) this.#bytesOf.delete(owner);
    else this.#bytesOf.set(owner, left);
  }

  /** It is gone at once; its files go meanwhile. */
  async #remove(key: string): Promise<void> {
    const away = join(this.directory, `.removing-${randomBytes(8).toString('hex')}`);
    try {
      await rename(join(this.directory, key), away);
    } catch (error) {
      return this.#options.onError(error);
    }
    const removal = rm(away, { recursive: true, force: true })
      .catch(this.#options.onError)
      .finally(() => this.#removing.delete(removal));
    this.#removing.add(removal);
  }
}
