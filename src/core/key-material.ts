/** Keys as they are shown once, and what is kept of them. */
import { hash as digest, randomBytes, randomInt } from 'node:crypto';
import { sameText } from './same-text.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const ID_LENGTH = 'lsk_'.length + 12;
/** The id, an underscore and 32 bytes in base64url. */
const KEY_LENGTH = ID_LENGTH + 1 + 43;

/** `lsk_<12 characters>_<256 bits>`: the part up to the second underscore is its id. */
export function newApiKey(): { id: string; key: string } {
  const id = `lsk_${characters(BASE62, 12)}`;
  return { id, key: `${id}_${secret256()}` };
}

/** The id in an API key; undefined for what cannot be one. */
export function apiKeyId(key: string): string | undefined {
  if (key.length !== KEY_LENGTH || !key.startsWith('lsk_') || key[ID_LENGTH] !== '_') return undefined;
  return key.slice(0, ID_LENGTH);
}

/** 20 and 40 characters, as AWS's own have. */
export function newAccessKey(): { id: string; secret: string } {
  return { id: `LSIA${characters(BASE32, 16)}`, secret: randomBytes(30).toString('base64') };
}

/** The token is 43 characters: bcrypt, by which clients of the simple API hide it, reads no more than 72 bytes. */
export function newAccountToken(account: string): { id: string; token: string } {
  return { id: `lst_${account}_${characters(BASE62, 12)}`, token: secret256() };
}

const secret256 = () => randomBytes(32).toString('base64url');

const characters = (alphabet: string, count: number) =>
  Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('');

/** SHA-256 in hexadecimal. A key has 256 random bits: a slow hash would protect it no better. */
export const hashOf = (key: string): string => digest('sha256', key);

/** Takes the same time wherever the two differ. */
export const matchesHash = (key: string, hash: string): boolean => sameText(hashOf(key), hash);
