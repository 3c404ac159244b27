/**
 * Lines out of an engine's timestamped log stream. A line longer than the engine's buffer (16 KB in Docker) comes in
 * several pieces, each with a time of its own before it and only the last with a line break.
 */
import type { Readable } from 'node:stream';
import type { LogLine } from '../../core/ports/logs.ts';
import type { StampedLine } from '../log-cursor.ts';
import { frames, type Frame } from './client/frames.ts';

/** A program that never ends its line must not fill our memory: what is longer comes as several lines. */
const maxLineBytes = 1024 * 1024;
const pieceBytes = 16 * 1024;
const lineBreak = 10;
const carriageReturn = 13;
const space = 32;
const stampForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const longestStamp = 40;

export function logLines(source: Readable, tty: boolean): AsyncGenerator<StampedLine> {
  return tty ? terminalLines(source) : framedLines(frames(source));
}

interface Open {
  stamp: string;
  pieces: Buffer[];
  size: number;
}

async function* framedLines(source: AsyncIterable<Frame>): AsyncGenerator<StampedLine> {
  const open = new Map<Frame['stream'], Open>();
  for await (const { stream, payload } of source) {
    const { stamp, rest } = split(payload);
    let line = open.get(stream);
    if (!line) open.set(stream, (line = { stamp, pieces: [], size: 0 }));
    const ends = rest.at(-1) === lineBreak;
    const piece = ends ? rest.subarray(0, -1) : rest;
    line.pieces.push(piece);
    line.size += piece.length;
    if (!ends && line.size < maxLineBytes) continue;
    open.delete(stream);
    yield lineOf(stream, line.stamp, Buffer.concat(line.pieces));
  }
  for (const [stream, line] of open) yield lineOf(stream, line.stamp, Buffer.concat(line.pieces));
}

/** No frames and one stream; lines end in a carriage return as well. */
async function* terminalLines(source: AsyncIterable<Buffer>): AsyncGenerator<StampedLine> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(lineBreak); end >= 0; end = chunk.indexOf(lineBreak, start)) {
      yield terminalLine(Buffer.concat([...waiting, chunk.subarray(start, end)]));
      waiting = [];
      size = 0;
      start = end + 1;
    }
    waiting.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size < maxLineBytes) continue;
    yield terminalLine(Buffer.concat(waiting));
    waiting = [];
    size = 0;
  }
  if (size > 0) yield terminalLine(Buffer.concat(waiting));
}

function terminalLine(line: Buffer): StampedLine {
  const { stamp, rest } = split(line);
  const pieces: Buffer[] = [];
  let left = rest;
  while (left.length > pieceBytes) {
    const next = split(left.subarray(pieceBytes));
    pieces.push(left.subarray(0, pieceBytes));
    left = next.rest;
  }
  const joined = Buffer.concat([...pieces, left]);
  const end = joined.at(-1) === carriageReturn ? -1 : joined.length;
  return lineOf('stdout', stamp, joined.subarray(0, end));
}

function split(bytes: Buffer): { stamp: string; rest: Buffer } {
  const end = bytes.subarray(0, longestStamp).indexOf(space);
  const stamp = end < 0 ? '' : bytes.toString('latin1', 0, end);
  return stampForm.test(stamp) ? { stamp, rest: bytes.subarray(end + 1) } : { stamp: '', rest: bytes };
}

function lineOf(stream: LogLine['stream'], stamp: string, bytes: Buffer): StampedLine {
  const at = Date.parse(stamp);
  return { at: Number.isNaN(at) ? 0 : at, stream, message: bytes.toString('utf8'), stamp };
}
