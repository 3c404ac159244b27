import { join } from 'node:path';
import { makeKey, readKey } from './key-file.ts';

/**
 * 32 bytes that this server's tokens are signed with: `keys/token.key` in `directory`, made once. To be had by one
 * process at a time, as the store is. Whoever removes the file ends every token.
 */
export function tokenSecret(directory: string): Buffer {
  const file = join(directory, 'keys', 'token.key');
  return readKey(file) ?? makeKey(file);
}
