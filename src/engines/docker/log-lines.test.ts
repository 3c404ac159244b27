import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { logLines } from './log-lines.ts';

const stamp = (second: number) => `2026-01-02T03:04:0${second}.123456789Z`;

function frame(type: number, text: string | Buffer): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function read(bytes: Buffer[], tty: boolean) {
  const found = [];
  for await (const { stream, message, at } of logLines(Readable.from(bytes), tty)) {
    found.push([stream, message, new Date(at).getUTCSeconds()]);
  }
  return found;
}

it('joins the pieces of a line, of each stream, also where one cuts a letter', async () => {
  const letter = Buffer.from('é');
  const piece = (rest: Buffer | string, at = 1) =>
    Buffer.concat([Buffer.from(`${stamp(at)} `), Buffer.from(rest)]);
  expect(
    await read(
      [
        frame(1, piece(Buffer.concat([Buffer.from('a'), letter.subarray(0, 1)]))),
        frame(2, piece('other\n', 2)),
        frame(1, piece(Buffer.concat([letter.subarray(1), Buffer.from('b\n')]), 3)),
        frame(1, piece('unended', 4)),
      ],
      false,
    ),
  ).toEqual([
    ['stderr', 'other', 2],
    ['stdout', 'aéb', 1],
    ['stdout', 'unended', 4],
  ]);
});

it('reads lines of a terminal, and takes the times out of a long one', async () => {
  const text = `${stamp(1)} one\r\n${stamp(2)} ${'x'.repeat(16_384)}${stamp(3)} yyy\r\n`;
  const bytes = Buffer.from(text);
  expect(await read([bytes.subarray(0, 40), bytes.subarray(40)], true)).toEqual([
    ['stdout', 'one', 1],
    ['stdout', `${'x'.repeat(16_384)}yyy`, 2],
  ]);
});
