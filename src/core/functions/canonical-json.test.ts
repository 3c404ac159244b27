import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, keyText } from './canonical-json.ts';

/** The same value with the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  );
}

describe('canonicalJson', () => {
  it('is one text for equal values, whatever the order of members', () => {
    expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }] })).toBe('{"a":[{"c":"x","d":null}],"b":1}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = JSON.parse(JSON.stringify(value)) as unknown;
        expect(canonicalJson(shuffled(read))).toBe(canonicalJson(read));
      }),
    );
  });

  it('says everything: what is read back is the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(canonicalJson(read))).toEqual(read);
      }),
    );
  });

  it('keeps apart what differs', () => {
    const texts = [{ a: 1 }, { a: '1' }, { a: [1] }, { 'a":1,"b': 1 }, [1, 2], [[1], 2], '', null].map(
      canonicalJson,
    );
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('keyText', () => {
  it('is one text for small values, whatever the order of members', () => {
    expect(keyText({ b: 1, a: 2 })).toBe(keyText({ a: 2, b: 1 }));
  });

  it('tells large values apart, and takes each as it came', () => {
    const large = (last: number) => ({ many: 'x'.repeat(20_000), last });
    expect(keyText(large(1))).toBe(JSON.stringify(large(1)));
    expect(keyText(large(1))).not.toBe(keyText(large(2)));
  });
});
