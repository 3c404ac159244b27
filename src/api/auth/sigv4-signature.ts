/** A signature as a request carries it: in its Authorization header, or in the query of a presigned URL. */
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../core/errors.ts';
import { parameters } from './sigv4-canonical.ts';

export interface Signature {
  presigned: boolean;
  accessKeyId: string;
  /** Of the credential scope: YYYYMMDD. */
  date: string;
  region: string;
  service: string;
  /** `<date>/<region>/<service>/aws4_request`. */
  scope: string;
  /** As it is signed: YYYYMMDD'T'HHMMSS'Z'. */
  timestamp: string;
  /** Epoch milliseconds of it. */
  at: number;
  /** How long a presigned URL is good for. */
  lifetimeMs?: number;
  signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  digits: string;
  /** Of temporary credentials of AWS, which this server never gives out. */
  securityToken: string | undefined;
}

export const algorithm = 'AWS4-HMAC-SHA256';
const maxLifetimeSeconds = 7 * 86_400;
/** What this server acts on must be signed, or somebody on the way could change it. */
const actedOn = ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'x-amz-target'];

export function carriesSignature({ headers, raw }: FastifyRequest): boolean {
  return headers.authorization?.startsWith('AWS4-') === true || isPresigned(raw.url!);
}

const isPresigned = (url: string) => url.includes('?') && namesSignature(url);

const namesSignature = (url: string) =>
  url.includes('X-Amz-Signature=') || url.includes('X-Amz-Algorithm=') || url.includes('X-Amz-Credential=');

/** Throws `Unauthorized` naming the part that is missing or malformed. */
export function signatureOf(request: FastifyRequest): Signature {
  const { headers, raw } = request;
  const inHeader = headers.authorization?.startsWith('AWS4-') === true;
  if (!isPresigned(raw.url!)) return fromHeader(request, headers.authorization!);
  if (inHeader || headers.authorization !== undefined) {
    throw malformed('it is signed both in the Authorization header and in the query; choose one');
  }
  return fromQuery(request);
}

function fromHeader({ headers }: FastifyRequest, authorization: string): Signature {
  const end = authorization.lastIndexOf('Signature=');
  const fields = fieldsOf(authorization, end);
  const timestamp = headerTimestamp(headers);
  checkDate(fields.date, timestamp);
  checkSigned(fields.signedHeaders, headers, false);
  return {
    presigned: false,
    accessKeyId: fields.accessKeyId,
    date: fields.date,
    region: fields.region,
    service: fields.service,
    scope: fields.scope,
    timestamp,
    at: timeOf(timestamp),
    signedHeaders: fields.signedHeaders,
    digits: signatureDigits(fields.digits ?? authorization.slice(end + 'Signature='.length)),
    securityToken: headers['x-amz-security-token'] as string | undefined,
  };
}

interface Fields extends Credential {
  signedHeaders: readonly string[];
  /** Where the signature is not the last field. */
  digits?: string;
}

/** By what stands before the signature: a client says the same for a day. */
const knownFields = new LRUCache<string, Fields>({ max: 500 });
const longestKnown = 600;

function fieldsOf(authorization: string, end: number): Fields {
  const before = authorization.slice(0, Math.max(end, 0));
  const known = knownFields.get(before);
  if (known !== undefined) return known;
  const { digits, ...fields } = parseFields(authorization);
  const isLast = authorization.indexOf(',', end) === -1;
  if (!isLast) return { ...fields, ...(digits !== undefined && { digits }) };
  if (before.length <= longestKnown && digits !== undefined) knownFields.set(before, fields);
  return fields;
}

function parseFields(authorization: string): Fields {
  if (!authorization.startsWith(`${algorithm} `)) throw malformed(`the algorithm must be ${algorithm}`);
  const fields = new Map<string, string>();
  for (const part of authorization.slice(algorithm.length + 1).split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim();
    if (equals === -1 || fields.has(name)) {
      throw malformed(
        'the Authorization header must hold Credential, SignedHeaders and Signature, once each',
      );
    }
    fields.set(name, part.slice(equals + 1).trim());
  }
  return {
    ...credential(fields.get('Credential')),
    signedHeaders: signedHeaders(fields.get('SignedHeaders')),
    digits: signatureDigits(fields.get('Signature')),
  };
}

function fromQuery({ headers, raw }: FastifyRequest): Signature {
  const url = raw.url!;
  const fields = new Map<string, string>();
  for (const [name, value] of parameters(url.slice(url.indexOf('?') + 1))) {
    if (!name.startsWith('X-Amz-')) continue;
    if (fields.has(name)) throw malformed(`${name} is there twice`);
    fields.set(name, value);
  }
  if (fields.get('X-Amz-Algorithm') !== algorithm) throw malformed(`X-Amz-Algorithm must be ${algorithm}`);
  const timestamp = fields.get('X-Amz-Date') ?? '';
  const seconds = fields.get('X-Amz-Expires') ?? '';
  if (!/^[0-9]{1,6}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > maxLifetimeSeconds) {
    throw malformed(`X-Amz-Expires must be seconds from 1 to ${maxLifetimeSeconds}`);
  }
  const given = credential(fields.get('X-Amz-Credential'));
  checkDate(given.date, timestamp);
  const names = signedHeaders(fields.get('X-Amz-SignedHeaders'));
  checkSigned(names, headers, true);
  return {
    presigned: true,
    ...given,
    timestamp,
    at: timeOf(timestamp),
    lifetimeMs: Number(seconds) * 1000,
    signedHeaders: names,
    digits: signatureDigits(fields.get('X-Amz-Signature')),
    securityToken:
      fields.get('X-Amz-Security-Token') ?? (headers['x-amz-security-token'] as string | undefined),
  };
}

type Credential = Pick<Signature, 'accessKeyId' | 'date' | 'region' | 'service' | 'scope'>;

function credential(text: string | undefined): Credential {
  if (text === undefined) throw malformed('Credential is missing');
  const [accessKeyId, date, region, service, end, ...rest] = text.split('/');
  if (!accessKeyId || !date || !region || !service || rest.length > 0) {
    throw malformed('Credential must be <access key id>/<YYYYMMDD>/<region>/<service>/aws4_request');
  }
  if (end !== 'aws4_request') throw malformed("the last part of Credential must be 'aws4_request'");
  return { accessKeyId, date, region, service, scope: `${date}/${region}/${service}/${end}` };
}

function checkDate(date: string, timestamp: string): void {
  if (date !== timestamp.slice(0, 8)) {
    throw new AppError(
      'InvalidSignature',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${date.slice(0, 16)}' != '${timestamp.slice(0, 8)}', from '${timestamp.slice(0, 16)}'.`,
    );
  }
}

/** `X-Amz-Date` before `Date`, which may also be in HTTP's own format. */
function headerTimestamp(headers: FastifyRequest['headers']): string {
  const given = headers['x-amz-date'];
  if (typeof given === 'string') return given;
  const { date } = headers;
  if (date === undefined) throw malformed('the request has neither X-Amz-Date nor Date');
  if (isoBasic.test(date)) return date;
  const at = Date.parse(date);
  if (Number.isNaN(at)) throw malformed('Date is no date');
  return isoTimestamp(at);
}

const isoBasic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** The one read last: many requests come in a second. */
let lastTime = { timestamp: '', at: 0 };

function timeOf(timestamp: string): number {
  if (timestamp === lastTime.timestamp) return lastTime.at;
  const parts = isoBasic.exec(timestamp);
  if (parts === null) throw malformed("the date must be in the form YYYYMMDD'T'HHMMSS'Z'");
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const at = Date.UTC(year!, month! - 1, day, hour, minute, second);
  lastTime = { timestamp, at };
  return at;
}

/** Epoch milliseconds as YYYYMMDD'T'HHMMSS'Z'. */
export const isoTimestamp = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

function signedHeaders(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') throw malformed('SignedHeaders is missing');
  const names = text.split(';');
  if (!names.includes('host')) throw malformed("SignedHeaders must name 'host'");
  return names;
}

function checkSigned(names: readonly string[], headers: FastifyRequest['headers'], presigned: boolean): void {
  if (!presigned && !names.includes('x-amz-date') && !names.includes('date')) {
    throw malformed("SignedHeaders must name 'x-amz-date' or 'date'");
  }
  const unsigned = actedOn.find((name) => headers[name] !== undefined && !names.includes(name));
  if (unsigned !== undefined) throw malformed(`SignedHeaders must name '${unsigned}', which the request has`);
}

function signatureDigits(text: string | undefined): string {
  if (text === undefined || !/^[0-9a-f]{64}$/.test(text)) {
    throw malformed('Signature must be 64 hexadecimal digits');
  }
  return text;
}

const malformed = (what: string) =>
  new AppError('Unauthorized', `The signature of the request is malformed: ${what}.`);
