/** An archive that somebody sent, as text files. What is in it is believed only as far as it was checked. */
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '../../core/errors.ts';

const maxEntries = 1000;
const maxBytes = 4 * 1024 * 1024;
const fileTypes = 0o170_000;
const symbolicLink = 0o120_000;

/**
 * Path to content. Throws `InvalidParameter`: no archive, too many entries, too large unpacked, and paths, links,
 * encrypted or binary files that a function may not have.
 */
export async function unzip(archive: Buffer): Promise<Record<string, string>> {
  const files = new Map<string, string>();
  try {
    // These refuse absolute paths, `..`, and what unpacks to another size than it says.
    const options = { lazyEntries: true, strictFileNames: true, validateEntrySizes: true };
    const zip = await fromBufferPromise(archive, options);
    if (zip.entryCount > maxEntries) throw refused(`it has more than ${maxEntries} entries`);
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      checkEntry(entry);
      if (name.endsWith('/')) continue;
      bytes += entry.uncompressedSize;
      if (bytes > maxBytes) throw refused(`unpacked it has more than ${maxBytes} bytes`);
      if (files.has(name)) throw refused(`it has two files '${name.slice(0, 100)}'`);
      files.set(name, await textOf(zip, entry));
    }
  } catch (error) {
    throw error instanceof AppError ? error : refused((error as Error).message);
  }
  return Object.fromEntries(files);
}

function checkEntry(entry: Entry): void {
  const name = entry.fileName.slice(0, 100);
  if (entry.isEncrypted()) throw refused(`'${name}' is encrypted`);
  const type = (entry.externalFileAttributes >>> 16) & fileTypes;
  if (type === symbolicLink) throw refused(`'${name}' is a symbolic link`);
}

async function textOf(zip: ZipFile, entry: Entry): Promise<string> {
  const content = await buffer(await zip.openReadStreamPromise(entry));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw refused(
      `'${entry.fileName.slice(0, 100)}' is no text in UTF-8, and functions have text files only`,
    );
  }
}

function refused(reason: string): AppError {
  return new AppError('InvalidParameter', `Could not unzip uploaded file: ${reason}.`, { field: 'ZipFile' });
}
