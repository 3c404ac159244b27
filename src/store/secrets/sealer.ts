/** AES-256-GCM with a key in a file of the data directory, which a copy of the database alone does not hold. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Sealer } from '../../core/ports/secrets.ts';
import { makeKey, readKey } from './key-file.ts';

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
