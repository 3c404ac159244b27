import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearPattern, TooManySteps } from './linear-pattern.ts';

const plenty = () => ({ left: 10_000_000 });
const test = (source: string, text: string) => linearPattern(source, plenty()).test(text);

describe('linearPattern', () => {
  it.each([
    '^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$',
    '^(?:a|b|ab)*c?$',
    'a{2,3}b{0}c{1,}',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '\\bab\\b|^\\B.',
    '(?<year>a+?)(b*?)$',
    '^$|^a',
    '[^ab\\]]',
    '^(a|b|)*$',
    '\\u0061|\\x62|\\t',
    '\\-a',
    '^(|a)+$',
  ])('agrees with native code: %s', (source) => {
    const native = new RegExp(source);
    const near = fc.array(fc.constantFrom('a', 'b', 'c', '@', '.', '-', '0', '9', ' ', '\n', ']', 'x1.de'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          near.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(test(source, text), JSON.stringify(text)).toBe(native.test(text));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reads characters beyond the first 65,536 as one', () => {
    expect(test('^.$', '😀')).toBe(true);
    expect(test('^[😀-😂]$', '😁')).toBe(true);
    expect(test('^\\u{1F600}$', '😀')).toBe(true);
    expect(test('^\\uD83D\\uDE00$', '😀')).toBe(true);
    expect(test('^\\p{L}+$', 'äß字')).toBe(true);
  });

  it('takes time that grows with the text: what makes backtracking explode', () => {
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(.*)*x$', '^(\\w+\\s?)*$', '(x+x+)+y']) {
      const steps = plenty();
      const pattern = linearPattern(source, steps);
      pattern.test(`${'a'.repeat(2000)}!`);
      pattern.test('x'.repeat(2000));
      expect(plenty().left - steps.left, source).toBeLessThan(200_000);
    }
  });

  it('stops when its steps are spent', () => {
    expect(() => linearPattern('^a+$', { left: 50 }).test('a'.repeat(100))).toThrow(TooManySteps);
  });

  it.each([
    ['(?=a)b', 'lookahead'],
    ['(?<!a)b', 'lookbehind'],
    ['(a)\\1', 'backreference'],
    ['(?<n>a)\\k<n>', 'backreference'],
    ['(a{1000}){1000}', 'repeats too much'],
    ['((((){2000}){2000}){2000}){2000}', 'repeats too much'],
    ['a{99999}', 'repeats too much'],
    ['(', 'Unterminated group'],
    ['a'.repeat(1001), '1000 characters'],
  ])('refuses %s', (source, why) => {
    expect(() => linearPattern(source, plenty())).toThrow(why);
  });
});
