/**
 * Passwords of people, by scrypt (RFC 7914). What is stored names its own parameters, so that stronger ones can come
 * without a new password for everybody.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from './errors.ts';

/** 32 MiB and about 80 ms: what OWASP's Password Storage Cheat Sheet offers as N = 2^15, r = 8, p = 3, with p = 1. */
const parameters = { N: 32_768, r: 8, p: 1 };
const HASH_BYTES = 32;

export const MIN_PASSWORD_LENGTH = 12;
/** Bounds the work of hashing what somebody sends. */
const MAX_PASSWORD_BYTES = 1024;

/** `scrypt$N$r$p$<salt>$<hash>`, the last two in base64url. Throws `InvalidParameter`. */
export async function hashedPassword(password: string): Promise<string> {
  if (password.length < MIN_PASSWORD_LENGTH || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    throw new AppError(
      'InvalidParameter',
      `password: from ${MIN_PASSWORD_LENGTH} characters to ${MAX_PASSWORD_BYTES} bytes.`,
      { field: 'password' },
    );
  }
  const salt = randomBytes(16);
  const { N, r, p } = parameters;
  const hash = await derived(password, salt, parameters);
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** `stored` undefined: nobody of that name; costs the same and is never right. */
export async function passwordMatches(password: string, stored: string | undefined): Promise<boolean> {
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
  const { cost, salt, hash } = parsed(stored ?? nobodys);
  const given = await derived(password, salt, cost);
  return timingSafeEqual(given, hash) && stored !== undefined;
}

type Cost = typeof parameters;

const nobodys = ['scrypt', ...Object.values(parameters), 'AAAAAAAAAAAAAAAAAAAAAA', 'A'.repeat(43)].join('$');

function parsed(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const [scheme, N, r, p, salt = '', hash = ''] = stored.split('$');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const bytes = Buffer.from(hash, 'base64url');
  if (scheme !== 'scrypt' || bytes.length !== HASH_BYTES) throw new Error('a stored password is damaged');
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: bytes };
}

/** One at a time: each needs tens of megabytes, and four at once would keep the pool from reading files. */
let last: Promise<unknown> = Promise.resolve();

function derived(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const turn = last.then(() => scryptOf(password, salt, cost));
  last = turn.catch(() => undefined);
  return turn;
}

function scryptOf(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  const options = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
