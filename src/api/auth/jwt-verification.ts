/** Whether a token's signature, times, issuer and audience are right. */
import type { KeyObject } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { refusedCredential } from '../../core/credential-check.ts';
import { AppError } from '../../core/errors.ts';
import type { PublicKey } from './jwt-keys.ts';

/** What clocks may differ. */
export const leewaySeconds = 30;

export interface VerificationKey {
  algorithms: string[];
  key: KeyObject | JWTVerifyGetKey;
}

/**
 * The claims of a token that was signed with this key and is in force at `now` (epoch ms). Throws `Unauthorized`, and
 * `Unavailable` where keys of another issuer cannot be fetched.
 */
export async function verifiedWith(
  token: string,
  { algorithms, key }: VerificationKey,
  now: number,
  claims: Pick<JWTVerifyOptions, 'issuer' | 'audience'> = {},
): Promise<JWTPayload> {
  const options = {
    ...claims,
    algorithms,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: leewaySeconds,
    currentDate: new Date(now),
  };
  try {
    const { payload } = await (typeof key === 'function'
      ? verifyWithSet(token, key, options)
      : jwtVerify(token, key, options));
    return checked(payload, now);
  } catch (error) {
    throw refusal(error, typeof key === 'function');
  }
}

/** A set may hold several keys that fit a token without a key id: any of them may be the one. */
async function verifyWithSet(
  token: string,
  set: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<{ payload: JWTPayload }> {
  try {
    return await jwtVerify(token, set, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch((failure: unknown) => {
        if (failure instanceof errors.JWSSignatureVerificationFailed) return undefined;
        throw failure;
      });
      if (verified !== undefined) return verified;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function checked(payload: JWTPayload, now: number): JWTPayload {
  if (typeof payload.sub !== 'string' || payload.sub === '' || payload.sub.length > 256) {
    throw new AppError('Unauthorized', "The token's sub claim must be text of at most 256 characters.");
  }
  if (payload.iat !== undefined && payload.iat > now / 1000 + leewaySeconds) {
    throw new AppError('Unauthorized', "The token's iat claim is in the future.");
  }
  return payload;
}

function refusal(error: unknown, isRemote: boolean): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTExpired) return new AppError('Unauthorized', 'The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AppError('Unauthorized', `The token's ${error.claim} claim is missing or not accepted.`);
  }
  if (isRemote && isUnreachable(error)) {
    return new AppError('Unavailable', 'The keys of the issuer of this token cannot be fetched now.', {
      retryAfter: 30,
    });
  }
  return refusedCredential();
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === errors.JOSEError.code
  );
}

/** Whose tokens are accepted beside this server's own. */
export class ForeignIssuer {
  readonly #keys: readonly VerificationKey[];
  readonly #claims: Pick<JWTVerifyOptions, 'issuer' | 'audience'>;

  /** `issuer` and `audience`: '' where they are not checked. */
  constructor(options: {
    keys: readonly PublicKey[];
    remoteKeys?: JWTVerifyGetKey | undefined;
    issuer: string;
    audience: string;
  }) {
    const remote = options.remoteKeys && { algorithms: ['RS256', 'ES256', 'EdDSA'], key: options.remoteKeys };
    this.#keys = [
      ...options.keys.map(({ algorithm, key }) => ({ algorithms: [algorithm], key })),
      ...(remote ? [remote] : []),
    ];
    this.#claims = {
      ...(options.issuer !== '' && { issuer: options.issuer }),
      ...(options.audience !== '' && { audience: options.audience }),
    };
  }

  /** As `verifiedWith`, with the key that fits. */
  async verify(token: string, now: number): Promise<JWTPayload> {
    let last: unknown = refusedCredential();
    for (const key of this.#keys) {
      try {
        return await verifiedWith(token, key, now, this.#claims);
      } catch (error) {
        // What the right key says of a token (expired, say) tells more than that another is not the right one.
        if (!(error instanceof AppError) || error.message !== refusedCredential().message) last = error;
      }
    }
    throw last;
  }
}
