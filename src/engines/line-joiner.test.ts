import { describe, expect, it } from 'vitest';
import { placeOf } from '../core/ports/log-place.ts';
import { LineJoiner, type JoinerOptions } from './line-joiner.ts';
import { StampReader } from './log-stamps.ts';

type Given = readonly [stream: 'stdout' | 'stderr', second: number, text: string, goesOn?: 'goes on'];

const stampText = (second: number) => `2026-01-02T03:04:0${second}.000000000Z`;

function read(records: readonly Given[], options: JoinerOptions & { ends?: boolean } = {}) {
  const joiner = joinerOf(records, options);
  if (options.ends) joiner.end();
  return joiner.take();
}

function joinerOf(records: readonly Given[], options: JoinerOptions): LineJoiner {
  const joiner = new LineJoiner(options);
  const stamps = new StampReader();
  for (const [stream, second, text, goesOn] of records) {
    const bytes = Buffer.from(text);
    const piece = { bytes, start: 0, end: bytes.length, ends: goesOn === undefined };
    joiner.add(stream, stamps.read(stampText(second))!, piece);
  }
  return joiner;
}

/** Streams in pieces that come between each other, lines of one time, an empty one, one that never ends. */
const records: Given[] = [
  ['stdout', 1, 'a'],
  ['stdout', 1, 'b1 ', 'goes on'],
  ['stderr', 1, 'c1 ', 'goes on'],
  ['stdout', 2, 'b2'],
  ['stdout', 2, ''],
  ['stdout', 2, 'd1 ', 'goes on'],
  ['stderr', 3, 'c2 ', 'goes on'],
  ['stderr', 3, 'c3'],
  ['stderr', 3, 'e1 ', 'goes on'],
  ['stdout', 4, 'd2'],
  ['stderr', 4, 'e2'],
  ['stdout', 4, 'f', 'goes on'],
];
const messages = ['a', 'b1 b2', '', 'c1 c2 c3', 'd1 d2', 'e1 e2', 'f'];

describe('lines out of records', () => {
  it('are joined, each stream for itself, in the order of their ends', () => {
    expect(read(records, { ends: true }).map(({ message }) => message)).toEqual(messages);
    expect(read(records).map(({ message }) => message)).toEqual(messages.slice(0, -1));
  });

  it('have the time of their beginning, and places that differ', () => {
    const lines = read(records, { ends: true });
    expect(lines.map(({ at }) => (at / 1000) % 10)).toEqual([1, 1, 2, 1, 2, 3, 4]);
    expect(new Set(lines.map(({ cursor }) => cursor)).size).toBe(lines.length);
  });

  it('go on after every place where times are out of order too', () => {
    const disordered: Given[] = [
      ['stdout', 3, 'a'],
      ['stderr', 2, 'b'],
      ['stdout', 5, 'c'],
      ['stderr', 4, 'd'],
      ['stdout', 7, 'e'],
      ['stderr', 6, 'f'],
    ];
    const all = read(disordered);
    expect(all.map(({ message }) => message)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    for (const [index, { cursor }] of all.entries()) {
      const after = placeOf(cursor)!;
      expect(read(disordered, { after, disorderMs: 3000 })).toEqual(all.slice(index + 1));
    }
  });

  it('go on after every place where pieces of a line have one time, as those of Docker', () => {
    const pieces: Given[] = [
      ['stdout', 1, 'a1 ', 'goes on'],
      ['stdout', 1, 'a2 ', 'goes on'],
      ['stderr', 2, 'b1 ', 'goes on'],
      ['stdout', 1, 'a3'],
      ['stdout', 3, ''],
      ['stderr', 2, 'b2 ', 'goes on'],
      ['stdout', 4, 'c1 ', 'goes on'],
      ['stderr', 2, 'b3'],
      ['stdout', 4, 'c2'],
    ];
    const all = read(pieces);
    expect(all.map(({ message }) => message)).toEqual(['a1 a2 a3', '', 'b1 b2 b3', 'c1 c2']);
    for (const [index, { cursor }] of all.entries()) {
      const after = placeOf(cursor)!;
      expect([index, read(pieces, { after, disorderMs: 3000 })]).toEqual([index, all.slice(index + 1)]);
    }
  });

  it('go on with what is later where the place is there no more', () => {
    const after = { stamp: stampText(2), count: 5 };
    const options = { after, disorderMs: 2000 };
    const left: Given[] = [
      ['stdout', 1, 'a'],
      ['stdout', 2, 'b'],
      ['stdout', 3, 'c'],
    ];
    const joiner = joinerOf(left, options);
    expect(joiner.take()).toEqual([]);
    joiner.passPlace();
    expect(joiner.take().map(({ message }) => message)).toEqual(['c']);
    const longer: Given[] = [...left, ['stdout', 4, 'd'], ['stdout', 4, 'e']];
    expect(read(longer, options).map(({ message }) => message)).toEqual(['c', 'd', 'e']);
  });

  it('go on after every place, read from where it says', () => {
    const all = read(records, { ends: true });
    for (const [index, { cursor }] of all.entries()) {
      const after = placeOf(cursor)!;
      const first = after.from ?? after.stamp;
      const asked = records.filter(([, second]) => stampText(second) >= first);
      // What was asked for may begin earlier.
      for (const given of [asked, records]) {
        expect(read(given, { after, ends: true })).toEqual(all.slice(index + 1));
      }
    }
  });

  it('go on with the next time where the place is gone', () => {
    const after = { stamp: stampText(2), count: 2 };
    const left = records.slice(6);
    expect(read(left, { after }).map(({ message }) => message)).toEqual(['c2 c3', 'd2', 'e1 e2']);
  });

  it('do not go on in another run', () => {
    const given: Given[] = [
      ['stdout', 1, 'unended', 'goes on'],
      ['stdout', 3, 'next'],
    ];
    const lines = read(given, { runBegin: stampText(2) });
    expect(lines.map(({ message }) => message)).toEqual(['unended', 'next']);
    expect(lines.map(({ cursor }) => cursor)).toEqual([`${stampText(1)}_1`, `${stampText(3)}_1`]);
    const after = placeOf(lines[0]!.cursor)!;
    expect(read(given, { after, runBegin: stampText(2) })).toEqual(lines.slice(1));
  });

  it('are cut where they never end, and go on after the cut', () => {
    const long = 'x'.repeat(512 * 1024);
    const given: Given[] = [
      ['stdout', 1, long, 'goes on'],
      ['stdout', 1, long, 'goes on'],
      ['stdout', 1, 'rest'],
    ];
    const lines = read(given);
    expect(lines.map(({ message }) => message.length)).toEqual([1024 * 1024, 4]);
    expect(read(given, { after: placeOf(lines[0]!.cursor)! })).toEqual(lines.slice(1));
  });

  it('lack their carriage return, and hold a sign for what is no text', () => {
    const joiner = new LineJoiner();
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0d]);
    joiner.add('stdout', new StampReader().read(stampText(1))!, { bytes, start: 0, end: 5, ends: true });
    expect(joiner.take()[0]!.message).toBe('a\ufffd\0b');
  });
});

describe('times of records', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000000Z'],
    ['2026-01-02T03:04:05.1Z', '2026-01-02T03:04:05.100000000Z'],
    ['2026-01-02T03:04:05.123456789+02:00', '2026-01-02T01:04:05.123456789Z'],
    ['2026-01-02T23:04:05.000000001-05:30', '2026-01-03T04:34:05.000000001Z'],
  ])('%s', (raw, text) => {
    const at = Date.parse(text);
    expect(new StampReader().read(raw)).toEqual({ text, at });
    const stamps = new StampReader();
    for (const other of ['2026-01-02T03:04:05.5Z', '2026-01-02T03:04:05.999+02:00', 'nothing']) {
      stamps.read(other);
      expect(stamps.read(raw)).toEqual({ text, at });
    }
  });

  it.each(['', 'x', '2026-01-02', '2026-01-02T03:04:05', '2026-13-02T03:04:05Z', '2026-01-02T03:04:05.x1Z'])(
    'are not "%s"',
    (raw) => {
      const stamps = new StampReader();
      expect(stamps.read(raw)).toBeUndefined();
      stamps.read('2026-01-02T03:04:05.5Z');
      expect(stamps.read(raw)).toBeUndefined();
    },
  );
});

it.each([
  '',
  'x',
  '2026-01-02T03:04:05Z',
  '2026-01-02T03:04:05.000000000Z',
  `${stampText(1)}_`,
  'yesterday_1',
])('"%s" is no place', (text) => {
  expect(placeOf(text)).toBeUndefined();
});
