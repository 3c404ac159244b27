import type { FileHandle } from 'node:fs/promises';

const blockBytes = 64 * 1024;
const lineFeed = 0x0a;

export interface PlacedLine {
  text: string;
  /** Byte at which it begins. */
  start: number;
}

/** The whole lines before byte `end`, the last one first, as many at a time as a block holds. */
export async function* linesBackwards(file: FileHandle, end: number): AsyncGenerator<PlacedLine[]> {
  let position = end;
  /** From `position` on: the end of a line that begins further ahead. */
  let rest: Buffer = Buffer.alloc(0);
  while (position > 0) {
    const length = Math.min(blockBytes, position);
    position -= length;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
    const bytes = rest.length === 0 ? buffer : Buffer.concat([buffer, rest]);
    const lines: PlacedLine[] = [];
    let lineEnd = bytes.length;
    while (lineEnd > 0) {
      const before = lineEnd >= 2 ? bytes.lastIndexOf(lineFeed, lineEnd - 2) : -1;
      if (before === -1 && position > 0) break;
      lines.push({ text: bytes.toString('utf8', before + 1, lineEnd), start: position + before + 1 });
      lineEnd = before + 1;
    }
    rest = bytes.subarray(0, lineEnd);
    if (lines.length > 0) yield lines;
  }
}
