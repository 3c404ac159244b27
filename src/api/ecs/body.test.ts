import { expect, test } from 'vitest';
import { parseBody } from './body.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

test('an absent body is an empty request', () => {
  expect(parseBody('')).toEqual({});
});

test.each(['{', '{"a":}', 'nonsense', '{} {}', '\u0000', "{'a':1}", '{"a":"'.padEnd(500, 'x')])(
  '%j is no JSON',
  (text) => {
    expect(() => parseBody(text)).toThrow('not valid JSON');
  },
);

test('200 levels are read, one more is refused, 100,000 too', () => {
  expect(parseBody(nested(200))).toBeInstanceOf(Array);
  expect(() => parseBody(nested(201))).toThrow('deeper than 200');
  expect(() => parseBody('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))).toThrow('deeper than 200');
  expect(() => parseBody('['.repeat(100_000))).toThrow('deeper than 200');
});

test('brackets in strings are text', () => {
  const text = `${'['.repeat(300)}"\\`;
  expect(parseBody(JSON.stringify({ text, after: [text] }))).toEqual({ text, after: [text] });
});
