import { describe, expect, it } from 'vitest';
import { signedRegion } from './signed-region.ts';

const credential = (region: string, key = 'LSIAKEY') =>
  `Credential=${key}/20261121/${region}/ecs/aws4_request`;
const regionOf = (authorization?: string) => signedRegion({ authorization });

describe('the region of a signed request', () => {
  it('is that of its credential, request after request', () => {
    for (const region of ['eu-west-1', 'eu-west-1', 'us-east-1', 'eu-west-1']) {
      const rest = 'SignedHeaders=host;x-amz-date, Signature=00';
      expect(regionOf(`AWS4-HMAC-SHA256 ${credential(region)}, ${rest}`)).toBe(region);
      expect(regionOf(`AWS4-HMAC-SHA256 ${credential(region)},${rest}`)).toBe(region);
      expect(regionOf(`AWS4-HMAC-SHA256 ${rest}, ${credential(region)}`)).toBe(region);
      expect(regionOf(`AWS4-HMAC-SHA256 ${credential(region)}`)).toBe(region);
    }
  });

  it('is none where nothing is signed, or not in that form', () => {
    const others = [
      undefined,
      '',
      'Bearer abc',
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA256 Credential=a/b/c, d=e',
    ];
    for (const other of others) expect(regionOf(other)).toBeUndefined();
    expect(regionOf(`AWS4-ECDSA-P256-SHA256 ${credential('eu-west-1')}, a=b`)).toBeUndefined();
  });
});
