/**
 * Unpacks the tarball of an npm package: a directory of any name with plain files in it. Links, devices and whatever
 * else a tar file can hold are refused; npm publishes none.
 */
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import type { PackageTree } from '../package-tree.ts';

const executable = 0o111;
const gzipMark = Buffer.from([0x1f, 0x8b]);
/** Beside the files' own: headers, and what fills them up to whole blocks. */
const bytesPerFile = 4096;

export interface TarballLimits {
  files: number;
  bytes: number;
}

/** `into`: directory of the package, below the tree's. Throws with what is wrong with the tarball. */
export async function unpackTarball(
  file: string,
  tree: PackageTree,
  into: string,
  limits: TarballLimits,
  signal: AbortSignal,
): Promise<void> {
  const parser = new Parser({ strict: true, zstd: false });
  // A chunk's worth of writing, done before the next chunk is read.
  const steps: (() => Promise<void>)[] = [];
  let failure: unknown;
  let ended = true;
  parser.on('error', (error: unknown) => (failure ??= error));
  parser.on('ignoredEntry', () => (failure ??= new Error('it holds a header that is too large')));
  parser.on('entry', (entry: ReadEntry) => {
    ended = false;
    if (entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile') {
      const path = `${into}/${insidePackage(entry.path)}`;
      steps.push(() => tree.begin(path, ((entry.mode ?? 0) & executable) !== 0));
      entry.on('data', (chunk: Buffer) => steps.push(() => tree.append(chunk)));
      entry.on('end', () => steps.push(() => tree.end()));
    } else if (entry.type !== 'Directory' && entry.type !== 'GNUDumpDir') {
      failure ??= new Error(
        `it holds '${entry.path.slice(0, 200)}', a ${entry.type}, and may hold files only`,
      );
    }
    entry.on('end', () => (ended = true));
    entry.resume();
  });
  const work = async () => {
    for (const step of steps.splice(0)) await step();
    if (failure !== undefined) throw failure as Error;
  };
  const most = limits.bytes + limits.files * bytesPerFile;
  const source = await open(file);
  const packed = source.createReadStream({ autoClose: false });
  const unpacked = createGunzip();
  packed.on('error', (error) => unpacked.destroy(error));
  try {
    let bytes = 0;
    for await (const chunk of packedOnce(packed.pipe(unpacked))) {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > most) throw new Error(`it has more than ${most} bytes when it is unpacked`);
      parser.write(chunk);
      await work();
    }
    parser.end();
    await work();
    if (!ended) throw new Error('it ends in the middle of a file');
  } finally {
    packed.destroy();
    await source.close();
    await tree.end();
  }
}

/** The parser would unpack it once more, without our bounds. */
async function* packedOnce(unpacked: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of unpacked) {
    if (held !== undefined) held = Buffer.concat([held, chunk]);
    if (held !== undefined && held.length < gzipMark.length) continue;
    if (held?.subarray(0, gzipMark.length).equals(gzipMark)) throw new Error('it is packed twice');
    yield held ?? chunk;
    held = undefined;
  }
}

/** Without the first directory, whatever its name. What leads out of it stays, for the tree to refuse. */
function insidePackage(path: string): string {
  const slash = path.indexOf('/');
  return slash <= 0 ? path : path.slice(slash + 1);
}
