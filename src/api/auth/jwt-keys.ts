/** The keys that tokens of other issuers are verified with. Each key says which algorithm it is for; a token does not. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

export interface PublicKey {
  algorithm: 'RS256' | 'ES256' | 'EdDSA';
  key: KeyObject;
}

/** `pem`: a public key, or a certificate that holds one. Throws, saying what is wrong, where it cannot be used. */
export function publicKey(pem: string): PublicKey {
  if (pem.includes('PRIVATE KEY')) {
    throw new Error(
      'it holds a private key; give the public one, so that the private one stays with its issuer',
    );
  }
  const key = readKey(pem);
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength < 2048) throw new Error(`its RSA key has ${modulusLength} bits, 2048 are the least`);
      return { algorithm: 'RS256', key };
    case 'ec':
      if (namedCurve !== 'prime256v1') throw new Error(`its curve is ${namedCurve}; only P-256 is accepted`);
      return { algorithm: 'ES256', key };
    case 'ed25519':
      return { algorithm: 'EdDSA', key };
    default:
      throw new Error(`its type is ${key.asymmetricKeyType}; RSA, P-256 and Ed25519 are accepted`);
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new Error('it holds no PEM public key');
  }
}

/** Fetched when a token first needs them, kept ten minutes, and asked for again at most every 30 seconds. */
export function remoteKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: 5000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
}
