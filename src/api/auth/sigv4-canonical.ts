/**
 * The canonical form of a request, as Signature Version 4 hashes it (AWS Identity and Access Management, "Create a
 * signed AWS API request", the rules for every service but S3: the path is normalised and encoded once more). Text is
 * as Node hands it over: one character per byte.
 */
import type { IncomingMessage } from 'node:http';

export interface CanonicalParts {
  method: string;
  /** As received: path and query. */
  url: string;
  /** Lower case, as the signature names them. */
  signedHeaders: readonly string[];
  /** Hexadecimal SHA-256 of the body. */
  bodyHash: string;
  /** Parameter of the query that is no part of it: the signature itself. */
  withoutParameter?: string;
}

/** Undefined where a signed header is not there; `missing` is told its name. */
export function canonicalRequest(
  message: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  parts: CanonicalParts,
): { text: string } | { missing: string } {
  const question = parts.url.indexOf('?');
  const path = question === -1 ? parts.url : parts.url.slice(0, question);
  const query = question === -1 ? '' : parts.url.slice(question + 1);
  // Node drops some repeated headers and joins others in its own way.
  const isRepeated = message.rawHeaders.length !== 2 * Object.keys(message.headers).length;
  let headers = '';
  for (const name of parts.signedHeaders) {
    const value = headerValue(message, name, isRepeated);
    if (value === undefined) return { missing: name };
    headers += `${name}:${value}\n`;
  }
  const text =
    `${parts.method}\n${canonicalPath(path)}\n${canonicalQuery(query, parts.withoutParameter)}\n` +
    `${headers}\n${parts.signedHeaders.join(';')}\n${parts.bodyHash}`;
  return { text };
}

/** Trimmed, runs of spaces made one, repeated headers joined by commas in their order. */
function headerValue(
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  name: string,
  isRepeated: boolean,
): string | undefined {
  const joined = headers[name];
  if (joined === undefined) return undefined;
  if (!isRepeated && typeof joined === 'string') return trimmed(joined);
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === name) values.push(trimmed(rawHeaders[index + 1]!));
  }
  return values.join(',');
}

const trimmed = (value: string) =>
  value.includes('  ') ? value.trim().replace(/ {2,}/g, ' ') : value.trim();

function canonicalPath(path: string): string {
  if (path === '/') return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

/** Names and values encoded in one way, in the order of their bytes. */
function canonicalQuery(query: string, without: string | undefined): string {
  if (query === '') return '';
  return parameters(query)
    .filter(([name]) => name !== without)
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Of a query as received, decoded. A `+` is a plus: signers write a space as `%20`. */
export function parameters(query: string): [name: string, value: string][] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1
        ? [decoded(pair), '']
        : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))];
    });
}

const decoded = (text: string) =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));

/** RFC 3986's unreserved characters stay; of all others every byte becomes `%XX`. */
const encoded = (text: string) =>
  text.replace(
    /[^A-Za-z0-9\-._~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
