import { expect, it } from 'vitest';
import { LineJoiner } from '../line-joiner.ts';
import { logParser, type LogForm } from './log-lines.ts';

const stamp = (second: number) => `2026-01-02T03:04:0${second}.123456789Z`;

function frame(type: number, text: string | Buffer): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function read(bytes: Buffer[], form: LogForm) {
  const joiner = new LineJoiner();
  const parser = logParser(joiner, form);
  for (const chunk of bytes) parser.push(chunk);
  parser.end();
  joiner.end();
  return joiner.take().map(({ stream, message, at }) => [stream, message, new Date(at).getUTCSeconds()]);
}

it('joins the pieces of a line, of each stream, also where one cuts a letter', () => {
  const letter = Buffer.from('é');
  const piece = (rest: Buffer | string, at = 1) =>
    Buffer.concat([Buffer.from(`${stamp(at)} `), Buffer.from(rest)]);
  expect(
    read(
      [
        frame(1, piece(Buffer.concat([Buffer.from('a'), letter.subarray(0, 1)]))),
        frame(2, piece('other\n', 2)),
        frame(1, piece(Buffer.concat([letter.subarray(1), Buffer.from('b\n')]), 3)),
        frame(1, piece('unended', 4)),
      ],
      { tty: false },
    ),
  ).toEqual([
    ['stderr', 'other', 2],
    ['stdout', 'aéb', 1],
    ['stdout', 'unended', 4],
  ]);
});

it('reads lines of a terminal, and takes the times out of a long one', () => {
  const text = `${stamp(1)} one\r\n${stamp(2)} ${'x'.repeat(16_384)}${stamp(3)} yyy\r\n`;
  const bytes = Buffer.from(text);
  expect(read([bytes.subarray(0, 40), bytes.subarray(40)], { tty: true })).toEqual([
    ['stdout', 'one', 1],
    ['stdout', `${'x'.repeat(16_384)}yyy`, 2],
  ]);
});

it('ends a line with its run where all pieces but the last have one size', () => {
  const bytes = [
    frame(1, `${stamp(1)} ${'x'.repeat(16_384)}`),
    frame(1, `${stamp(1)} y`),
    frame(1, `${stamp(2)} z\n`),
  ];
  const joined = [`${'x'.repeat(16_384)}y`, 'z'];
  expect(read(bytes, { tty: false, pieceBytes: 16_384 }).map(([, message]) => message)).toEqual(joined);
  expect(read(bytes, { tty: false }).map(([, message]) => message)).toEqual([joined.join('')]);
});
