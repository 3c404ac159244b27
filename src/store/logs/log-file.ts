/**
 * The format of one archived log: a line of text for each line of output, `<epoch ms> <o|e> <message>`. Read forwards
 * as a stream, and backwards in blocks to find where a tail starts.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { LogLine } from '../../core/ports/logs.ts';

const blockBytes = 64 * 1024;
const lineFeed = 0x0a;

export type Matches = (line: LogLine) => boolean;

/** One or, where the message has line breaks in it, several lines. */
export function encodeLine(line: LogLine): string {
  const prefix = `${line.at} ${line.stream === 'stderr' ? 'e' : 'o'} `;
  return line.message
    .split('\n')
    .map((part) => `${prefix}${part}\n`)
    .join('');
}

function decodeLine(text: string): LogLine {
  const space = text.indexOf(' ');
  return {
    at: Number(text.slice(0, space)),
    stream: text[space + 1] === 'e' ? 'stderr' : 'stdout',
    message: text.slice(space + 3),
  };
}

/** The matching lines from the byte `start` on. Holds one block at a time. */
export async function* readForwards(
  file: FileHandle,
  start: number,
  matches: Matches,
  signal?: AbortSignal,
): AsyncGenerator<LogLine> {
  let rest: Buffer = Buffer.alloc(0);
  let position = start;
  while (!signal?.aborted) {
    const block = await readBlock(file, position, blockBytes);
    if (block.length === 0) return;
    position += block.length;
    const bytes = rest.length === 0 ? block : Buffer.concat([rest, block]);
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, from)) {
      const line = decodeLine(bytes.toString('utf8', from, end));
      from = end + 1;
      if (matches(line)) yield line;
    }
    rest = bytes.subarray(from);
  }
}

/** Where the last `count` matching lines start. Reads no more of the end than it needs. */
export async function findTail(file: FileHandle, count: number, matches: Matches): Promise<number> {
  let position = (await file.stat()).size;
  let found = 0;
  let start = position;
  /** From `position` to the end of a line whose beginning lies further ahead. */
  let rest: Buffer = Buffer.alloc(0);
  while (position > 0 && found < count) {
    const length = Math.min(blockBytes, position);
    position -= length;
    const bytes = Buffer.concat([await readBlock(file, position, length), rest]);
    let end = bytes.length;
    while (end > 0 && found < count) {
      const before = end >= 2 ? bytes.lastIndexOf(lineFeed, end - 2) : -1;
      if (before === -1 && position > 0) break;
      if (matches(decodeLine(bytes.toString('utf8', before + 1, end - 1)))) {
        found++;
        start = position + before + 1;
      }
      end = before + 1;
    }
    rest = bytes.subarray(0, end);
  }
  return start;
}

async function readBlock(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Undefined where there is no such file. */
export async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
