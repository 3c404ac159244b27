import { join } from 'node:path';
import { makeKey, readKey } from './key-file.ts';

/**
 * 32 bytes that artifacts get their names with: `keys/artifact.key` in `directory`, made once. To be had by one
 * process at a time, as the store is. Whoever removes the file has everything made anew.
 */
export function artifactSecret(directory: string): Buffer {
  const file = join(directory, 'keys', 'artifact.key');
  return readKey(file) ?? makeKey(file);
}
