/** The last look at an artifact before it is shown to sandboxes, whatever made it. */
import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactRefused } from '../../core/ports/artifacts.ts';

const blockBytes = 4096;
const executable = 0o111;

/**
 * Makes everything readable for everybody and writable for its owner only, without set-user-ID bits. Answers with the
 * bytes it takes on a disk, counted in blocks, so that empty files count too. Throws `ArtifactRefused` for links,
 * devices, pipes and sockets, and where there is more than `maxBytes`.
 */
export async function seal(directory: string, maxBytes: number): Promise<number> {
  let bytes = 0;
  const pending = [directory];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    await chmod(next, 0o755);
    bytes += blockBytes;
    for (const entry of await readdir(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile()) bytes += await sealFile(path);
      else throw new ArtifactRefused(`'${entry.name}' is neither a file nor a directory.`);
    }
    if (bytes > maxBytes) throw new ArtifactRefused(`it takes more than ${maxBytes} bytes.`);
  }
  return bytes;
}

async function sealFile(path: string): Promise<number> {
  const { size, mode, nlink } = await lstat(path);
  if (nlink !== 1) throw new ArtifactRefused('it holds hard links.');
  await chmod(path, (mode & executable) === 0 ? 0o644 : 0o755);
  return Math.ceil(size / blockBytes) * blockBytes + blockBytes;
}
