/**
 * Unpacks a wheel (PEP 427): a zip file whose top belongs on Python's path, as do `purelib` and `platlib` of its
 * `.data`; its scripts, headers and other data are left out. Links are refused.
 */
import type { Readable } from 'node:stream';
import { openPromise, type Entry } from 'yauzl';
import type { PackageTree } from '../package-tree.ts';

const onPath = /^[^/]+\.data\/(?:purelib|platlib)\//;
const beside = /^[^/]+\.data\//;
/** Of an entry's external attributes, where Unix made them: the kind of file and its mode. */
const madeOnUnix = 3;
const kindMask = 0o170000;
const plainFile = 0o100000;
const executable = 0o111;

/** Throws with what is wrong with the wheel. */
export async function unpackWheel(
  file: string,
  tree: PackageTree,
  mostEntries: number,
  signal: AbortSignal,
): Promise<void> {
  const zip = await openPromise(file, { strictFileNames: true, autoClose: false });
  try {
    if (zip.entryCount > mostEntries) throw new Error(`it has more than ${mostEntries} files`);
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      const path = entry.fileName.replace(onPath, '');
      if (path.endsWith('/') || beside.test(path)) continue;
      if (entry.isEncrypted()) throw new Error(`it holds '${path.slice(0, 200)}', which is encrypted`);
      await tree.begin(path, isExecutable(entry));
      for await (const chunk of (await zip.openReadStreamPromise(entry)) as Readable & AsyncIterable<Buffer>)
        await tree.append(chunk);
      await tree.end();
    }
  } finally {
    await tree.end();
    zip.close();
  }
}

/** Throws for what is no plain file. */
function isExecutable({ versionMadeBy, externalFileAttributes, fileName }: Entry): boolean {
  if (versionMadeBy >> 8 !== madeOnUnix) return false;
  const mode = externalFileAttributes >>> 16;
  const kind = mode & kindMask;
  if (kind !== 0 && kind !== plainFile)
    throw new Error(`it holds '${fileName.slice(0, 200)}', which is no plain file`);
  return (mode & executable) !== 0;
}
