import { expect, it } from 'vitest';
import { registryAuthOf } from './registry-auth.ts';

const sent = (text: string, alphabet: 'base64' | 'base64url' = 'base64') => ({
  'x-registry-auth': Buffer.from(text).toString(alphabet),
});
const both = { username: 'ann', password: 'p?>~ü' };

it('is read in both alphabets', () => {
  expect(registryAuthOf(sent(JSON.stringify(both)))).toEqual(both);
  expect(registryAuthOf(sent(JSON.stringify(both), 'base64url'))).toEqual(both);
});

it('is none where nothing was sent', () => {
  expect(registryAuthOf({})).toBeUndefined();
  expect(registryAuthOf({ 'x-registry-auth': '' })).toBeUndefined();
  expect(registryAuthOf(sent('{}'))).toBeUndefined();
});

it.each(['no json', '[]', 'null', '{"username":"ann"}', '{"identitytoken":"x"}', 'x'.repeat(10_000)])(
  'is refused without a word of it: %s',
  (text) => {
    expect(() => registryAuthOf(sent(text))).toThrow(/^X-Registry-Auth must/);
  },
);
