/** Credentials that must open nothing, as headers. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { createKey } from '../fixtures/keys.ts';
import type { TestServer } from '../fixtures/server.ts';

export const JWT_SECRET = 'a secret of the test, long enough to be one';

export interface BadCredential {
  what: string;
  headers: Record<string, string>;
}

/** Of a server that was started with `JWT_SECRET`. */
export async function badCredentials(server: TestServer, good: string): Promise<BadCredential[]> {
  const revoked = await createKey(server.dataDir, '--role', 'admin');
  const answer = await fetch(`${server.url}/auth/keys/${revoked.id}`, {
    method: 'DELETE',
    headers: { 'x-api-key': good },
  });
  if (!answer.ok) throw new Error(await answer.text());
  const expired = await createKey(server.dataDir, '--role', 'admin', '--ttl', '1s');
  await until(async () => (await whoami(server, { 'x-api-key': expired.key })) === 401);
  const key = (what: string, text: string) => ({ what, headers: { 'x-api-key': text } });
  const bearer = (what: string, text: string) => ({ what, headers: { authorization: `Bearer ${text}` } });
  return [
    { what: 'no credential', headers: {} },
    key('an unknown key', `lsk_aaaaaaaaaaaa_${'a'.repeat(43)}`),
    key('a key with another secret', good.slice(0, -1) + (good.endsWith('A') ? 'B' : 'A')),
    key('a key cut short', good.slice(0, -1)),
    key('an empty key', ''),
    key('a revoked key', revoked.key),
    key('an expired key', expired.key),
    bearer('a revoked key as bearer', revoked.key),
    ...(await badTokens()).map(([what, token]) => bearer(what, token)),
    { what: 'a password', headers: { authorization: `Basic ${btoa('admin:admin')}` } },
    { what: 'a signature of an unknown access key', headers: signedBy('LSIAAAAAAAAAAAAAAAAA') },
    { what: 'a malformed signature', headers: { authorization: 'AWS4-HMAC-SHA256 nothing' } },
    {
      what: 'a good key beside a bad token',
      headers: { 'x-api-key': good, authorization: 'Bearer e30.e30.e30' },
    },
  ];
}

async function badTokens(): Promise<[what: string, token: string][]> {
  const claims = { sub: 'ann', scope: '*:*', role: 'admin' };
  const token = (alg: string, from: Record<string, unknown> = claims) =>
    new SignJWT(from).setProtectedHeader({ alg }).setIssuedAt();
  const secret = Buffer.from(JWT_SECRET);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const good = await token('HS256').setExpirationTime('1h').sign(secret);
  const [head, body] = good.split('.');
  return [
    ['a token with alg none', new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('1h').encode()],
    ['a token of another secret', await token('HS256').setExpirationTime('1h').sign(Buffer.alloc(32, 1))],
    ['a token of another algorithm', await token('HS512').setExpirationTime('1h').sign(secret)],
    ['a token of a key nobody knows', await token('RS256').setExpirationTime('1h').sign(privateKey)],
    ['an expired token', await token('HS256').setExpirationTime('-1h').sign(secret)],
    ['a token without an end', await token('HS256').sign(secret)],
    ['a token without its signature', `${head}.${body}.`],
    [
      'a token with other claims',
      `${head}.${btoa(JSON.stringify({ ...claims, exp: 9e9 }))}.${good.split('.')[2]}`,
    ],
  ];
}

function signedBy(accessKeyId: string): Record<string, string> {
  const time = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const scope = `${time.slice(0, 8)}/us-east-1/ecs/aws4_request`;
  return {
    'x-amz-date': time,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, ` +
      `Signature=${'0'.repeat(64)}`,
  };
}

export async function whoami(server: TestServer, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(`${server.url}/auth/whoami`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) if (Date.now() > end) throw new Error('never so');
}
