/** `X-Registry-Auth` as Docker's clients send it: JSON in base64, of either alphabet. */
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../core/errors.ts';
import type { RegistryAuth } from '../../core/ports/image-transfer.ts';
import { isObject } from './members.ts';

const name = 'X-Registry-Auth';
const mostCharacters = 8192;

/** Undefined where there is none, or an empty one. Throws `InvalidParameter`, and never says what was sent. */
export function registryAuthOf(headers: IncomingHttpHeaders): RegistryAuth | undefined {
  const sent = headers['x-registry-auth'];
  if (sent === undefined || sent === '') return undefined;
  const read = typeof sent === 'string' && sent.length <= mostCharacters ? decoded(sent) : undefined;
  if (!isObject(read)) throw refused('must be JSON in base64: {"username": …, "password": …}.');
  if (Object.keys(read).length === 0) return undefined;
  const { username, password } = read;
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  throw refused('must have a username and a password; identity tokens are not taken.');
}

function decoded(text: string): unknown {
  try {
    // Node's decoder takes both alphabets.
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

const refused = (message: string) => new AppError('InvalidParameter', `${name} ${message}`, { field: name });
