import { expect, it } from 'vitest';
import { readChallenge } from './challenge.ts';

it.each([
  ['Basic realm="test"', { scheme: 'basic' }],
  ['basic', { scheme: 'basic' }],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull"',
    {
      scheme: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:library/busybox:pull',
    },
  ],
  [
    'bearer REALM="https://a/t" , Service = plain',
    { scheme: 'bearer', realm: 'https://a/t', service: 'plain' },
  ],
  // Commas within quotes part nothing.
  [
    'Bearer realm="https://a/t",scope="a:b:pull,push"',
    { scheme: 'bearer', realm: 'https://a/t', scope: 'a:b:pull,push' },
  ],
  [
    'Bearer realm="https://a/t",error="x \\"y\\", z",service="s"',
    { scheme: 'bearer', realm: 'https://a/t', service: 's' },
  ],
  // Several, in one header or joined from two.
  ['Basic realm="b", Bearer realm="https://a/t"', { scheme: 'bearer', realm: 'https://a/t' }],
  ['Bearer realm="https://a/t", Basic realm="b"', { scheme: 'bearer', realm: 'https://a/t' }],
  ['Bearer error="invalid_token", Basic realm="b"', { scheme: 'basic' }],
])('reads %s', (header, challenge) => {
  expect(readChallenge(header)).toEqual(challenge);
});

it.each([undefined, '', 'Digest realm="x"', 'realm="https://a/t"', 'Bearer', 'Negotiate abc==', '"', ',,,'])(
  'finds nothing to answer in %j',
  (header) => {
    expect(readChallenge(header)).toBeUndefined();
  },
);

it('reads a hostile header in no time', () => {
  expect(readChallenge(`Bearer realm="${'\\'.repeat(50_000)}`)).toBeUndefined();
  expect(readChallenge('a,'.repeat(50_000))).toBeUndefined();
});
