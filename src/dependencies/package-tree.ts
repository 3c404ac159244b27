/**
 * Where packages are unpacked. It knows files and directories only, so nothing below can lead out of it: whatever an
 * archive says beyond a relative path, contents and "may be run" does not get here.
 */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PackageLimits } from './installer.ts';
import { reasonOf } from './reason.ts';

const mostLevels = 64;
const longestName = 255;
const longestPath = 1024;
const bytesOfDirectory = 4096;

/** Beside what is unpacked at the top: what waits here was checked, so no archive may write to it. */
export const DOWNLOADS = '.downloads';

export class PackageTree {
  readonly #root: string;
  readonly #limits: Pick<PackageLimits, 'files' | 'bytes'>;
  /** Relative to the root. */
  readonly #directories = new Set<string>();
  #files = 0;
  #bytes = 0;
  #open: { path: string; file: FileHandle } | undefined;

  constructor(root: string, limits: Pick<PackageLimits, 'files' | 'bytes'>) {
    this.#root = root;
    this.#limits = limits;
  }

  /** Begins a file, in place of one that is there. Throws where the path or the number of files is out of bounds. */
  async begin(path: string, executable: boolean): Promise<void> {
    const fault = pathFault(path);
    if (fault !== undefined) throw at(path, fault);
    this.#countFile();
    this.#countDirectoriesAbove(path);
    const file = join(this.#root, path);
    await writing(path, async () => {
      await mkdir(dirname(file), { recursive: true });
      this.#open = { path, file: await open(file, 'w', executable ? 0o755 : 0o644) };
    });
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#countBytes(chunk.length);
    if (this.#open === undefined) return;
    const { path, file } = this.#open;
    await writing(path, () => file.writeFile(chunk));
  }

  /** Ends the file that was begun, if one was. */
  async end(): Promise<void> {
    const ended = this.#open;
    this.#open = undefined;
    if (ended !== undefined) await writing(ended.path, () => ended.file.close());
  }

  /** Each that is new takes what a file takes, and a block: one path can make many of them. */
  #countDirectoriesAbove(path: string): void {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      if (this.#directories.has(directory)) continue;
      this.#directories.add(directory);
      this.#countFile();
      this.#countBytes(bytesOfDirectory);
    }
  }

  #countFile(): void {
    this.#files += 1;
    if (this.#files > this.#limits.files)
      throw new Error(`all together have more than ${this.#limits.files} files and directories`);
  }

  #countBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.bytes)
      throw new Error(`all together have more than ${this.#limits.bytes} bytes when they are unpacked`);
  }
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw at(path, `where ${reasonOf(error as Error)}`, error);
  }
}

/** Names the path in the archive, never that on this machine. */
const at = (path: string, fault: string, cause?: unknown) =>
  new Error(`it holds the path ${JSON.stringify(path.slice(0, 200))}, ${fault}`, { cause });

/** Why a path may not be made below the tree, in words; undefined: it may. */
function pathFault(path: string): string | undefined {
  if (path.startsWith('/')) return 'which is absolute';
  if (path.includes('\0') || path.includes('\\')) return 'which holds a character that no path may have';
  const parts = path.split('/');
  if (parts.includes('..')) return 'which leads out of it';
  if (parts.some((part) => part === '' || part === '.')) return 'which is no plain path';
  if (parts[0] === DOWNLOADS) return 'where downloads are kept';
  if (parts.length > mostLevels || parts.some((part) => Buffer.byteLength(part) > longestName))
    return 'which is too deep or too long';
  return Buffer.byteLength(path) > longestPath ? 'which is too long' : undefined;
}
