/**
 * AWS Signature Version 4, checked with access keys of this server: in the Authorization header, and presigned. The
 * refusals are AWS's own words, because its clients show them.
 */
import { createHmac, hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Principal } from '../../core/principal.ts';
import { sameText } from '../../core/same-text.ts';
import { andThen, type Sooner } from '../../core/sooner.ts';
import { HmacKey } from './hmac-key.ts';
import type { AuthMethod } from './method.ts';
import { canonicalRequest } from './sigv4-canonical.ts';
import { algorithm, carriesSignature, isoTimestamp, signatureOf, type Signature } from './sigv4-signature.ts';

export interface SigV4Options {
  clock: Clock;
  /** The caller behind an access key id and its secret; undefined for one that is not in force. */
  accessKey: (id: string) => Sooner<{ principal: Principal; secret: string } | undefined>;
}

const skewMinutes = 15;
const skewMs = skewMinutes * 60_000;

export function signatureVersion4({ clock, accessKey }: SigV4Options): AuthMethod {
  const signingKeys = new SigningKeys();
  return {
    name: 'sigv4',
    coversBody: true,
    claims: carriesSignature,
    authenticate(request, body = '') {
      const signature = signatureOf(request);
      if (signature.securityToken !== undefined) throw unknownKey();
      return andThen(accessKey(signature.accessKeyId), (owner) => {
        if (owner === undefined) throw unknownKey();
        checkTime(signature, clock.now());
        const text = stringToSign(request, signature, body);
        if (!signingKeys.verify(signature, owner.secret, text)) throw mismatch();
        return owner.principal;
      });
    },
    renew({ keyId = '' }) {
      return andThen(accessKey(keyId), (owner) => {
        if (owner === undefined) throw unknownKey();
        return owner.principal;
      });
    },
  };
}

const unknownKey = () =>
  new AppError('UnknownAccessKey', 'The security token included in the request is invalid.');

function checkTime({ at, timestamp, lifetimeMs }: Signature, now: number): void {
  const [earliest, latest] = [now - (lifetimeMs ?? skewMs), now + skewMs];
  const clocks = (limit: number, sign: string, margin: string) =>
    `${isoTimestamp(limit)} (${isoTimestamp(now)} ${sign} ${margin})`;
  if (at < earliest) {
    const margin = lifetimeMs === undefined ? `${skewMinutes} min.` : `${lifetimeMs / 1000} sec.`;
    throw new AppError(
      'InvalidSignature',
      `Signature expired: ${timestamp} is now earlier than ${clocks(earliest, '-', margin)}`,
    );
  }
  if (at > latest) {
    throw new AppError(
      'InvalidSignature',
      `Signature not yet current: ${timestamp} is still later than ${clocks(latest, '+', `${skewMinutes} min.`)}`,
    );
  }
}

function stringToSign({ raw }: FastifyRequest, signature: Signature, body: Buffer | string): string {
  const bodyHash = sha256(body);
  const claimed = raw.headers['x-amz-content-sha256'];
  if (claimed !== undefined && claimed !== bodyHash) {
    throw new AppError(
      'InvalidSignature',
      "The provided 'x-amz-content-sha256' header does not match what was computed: it must be the hexadecimal " +
        'SHA-256 of the body.',
    );
  }
  const canonical = canonicalRequest(raw, {
    method: raw.method!,
    url: raw.url!,
    signedHeaders: signature.signedHeaders,
    bodyHash,
    ...(signature.presigned && { withoutParameter: 'X-Amz-Signature' }),
  });
  if ('missing' in canonical) {
    throw new AppError(
      'Unauthorized',
      `The signature of the request is malformed: SignedHeaders names '${canonical.missing.slice(0, 100)}', ` +
        'which the request does not have.',
    );
  }
  return `${algorithm}\n${signature.timestamp}\n${signature.scope}\n${sha256(bytesOf(canonical.text))}`;
}

/** Of text with a character per byte. Hashed as it is where those are the bytes of its UTF-8 too. */
const bytesOf = (text: string): string | Buffer =>
  beyondAscii.test(text) ? Buffer.from(text, 'latin1') : text;
const beyondAscii = /[\u0080-\u00ff]/;

const sha256 = (bytes: Buffer | string) => hash('sha256', bytes, 'hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text, 'latin1').digest();

const mismatch = () =>
  new AppError(
    'InvalidSignature',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
      'Key and signing method. Consult the service documentation for details.',
  );

/** Keys derived from secrets, of which one serves all requests of a day, region and service. */
class SigningKeys {
  /** Only those that a good signature was made with, so that nobody without the secret fills it. */
  readonly #known = new LRUCache<string, { secret: string; key: HmacKey }>({ max: 1000 });

  verify(signature: Signature, secret: string, text: string): boolean {
    const name = `${signature.accessKeyId}/${signature.scope}`;
    const known = this.#known.get(name);
    const key = known?.secret === secret ? known.key : derived(signature, secret);
    const good = sameText(key.digest(text), signature.digits);
    if (good && key !== known?.key) this.#known.set(name, { secret, key });
    return good;
  }
}

function derived({ date, region, service }: Signature, secret: string): HmacKey {
  return new HmacKey([region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, date)));
}
