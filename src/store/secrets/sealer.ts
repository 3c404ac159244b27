/** AES-256-GCM with a key in a file of the data directory, which a copy of the database alone does not hold. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sealer } from '../../core/ports/secrets.ts';

const KEY_BYTES = 32;
/** What NIST SP 800-38D recommends for GCM; random ones are good for 2^32 secrets under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The key is `keys/sealing.key` in `directory` (0600 in a 0700 directory), made when something is sealed first. To be
 * had by one process at a time, as the store is.
 */
export function openSealer(directory: string): Sealer {
  const file = join(directory, 'keys', 'sealing.key');
  let key: Buffer | undefined;
  return {
    seal(text) {
      key ??= readKey(file) ?? makeKey(file);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `v1.${sealed.toString('base64url')}`;
    },
    open(sealed) {
      key ??= readKey(file);
      if (key === undefined) {
        throw new Error(
          `${file} is missing: put it back from a copy, or revoke the access keys and make new ones`,
        );
      }
      return opened(sealed, key, file);
    },
  };
}

function opened(sealed: string, key: Buffer, file: string): string {
  const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64url');
  try {
    if (!sealed.startsWith('v1.')) throw new Error('it is of another version');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return (
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    );
  } catch (error) {
    throw new Error(
      `a stored secret cannot be opened: it was altered, or sealed with another key than ${file}`,
      {
        cause: error,
      },
    );
  }
}

function readKey(file: string): Buffer | undefined {
  try {
    const key = readFileSync(file);
    if (key.length !== KEY_BYTES) throw new Error(`${file} is damaged: it must hold ${KEY_BYTES} bytes`);
    chmodSync(file, 0o600);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** On the disk before anything is sealed with it: without it the secrets would be lost. */
function makeKey(file: string): Buffer {
  const directory = privateDirectory(dirname(file));
  const key = randomBytes(KEY_BYTES);
  writeFileSync(`${file}.new`, key, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return key;
}

function privateDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  return path;
}
