import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HmacKey } from './hmac-key.ts';

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));

it('says what Node says, for keys and messages of every length', () => {
  fc.assert(
    fc.property(bytes(200), bytes(500), (key, message) => {
      const text = message.toString('latin1');
      const expected = createHmac('sha256', key).update(message).digest('hex');
      expect(new HmacKey(key).digest(text)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

it.each([63, 64, 65])('takes a key of %i bytes', (length) => {
  const key = Buffer.alloc(length, 0xaa);
  const expected = createHmac('sha256', key).update('what is signed').digest('hex');
  expect(new HmacKey(key).digest('what is signed')).toBe(expected);
});
