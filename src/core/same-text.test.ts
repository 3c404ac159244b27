import { expect, it } from 'vitest';
import { sameText } from './same-text.ts';

it('tells texts apart by every one of their characters', () => {
  const text = '0123456789abcdefé\u{1f512}';
  expect(sameText(text, [...text].join(''))).toBe(true);
  for (let at = 0; at < text.length; at++) {
    const other = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
    expect(sameText(text, other)).toBe(false);
    expect(sameText(other, text)).toBe(false);
  }
});

it('tells texts of different lengths apart', () => {
  expect(sameText('', 'a')).toBe(false);
  expect(sameText('ab', 'a')).toBe(false);
  expect(sameText('', '')).toBe(true);
});
