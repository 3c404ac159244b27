import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { exportJWK, SignJWT, type JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialCore } from '../../core/credential-check.ts';
import { createApiKey, revokeCredential } from '../../core/credentials.ts';
import { ownerOfData, type Principal } from '../../core/principal.ts';
import { checkedTokenRequest } from '../../core/token-request.ts';
import { createUser, deleteUser, revokeToken, updateUser } from '../../core/users.ts';
import { openSealer } from '../../store/secrets/sealer.ts';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import { jsonWebToken } from './jwt.ts';
import { publicKey, remoteKeys } from './jwt-keys.ts';
import { ForeignIssuer } from './jwt-verification.ts';
import { tokenIssuer, type TokenIssuer } from './token-issuer.ts';

const ACCOUNT = '000000000000';
const owner = ownerOfData(ACCOUNT);
const secret = Buffer.from('a secret of this server, 32 bytes or more');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const refusedAs = { code: 'Unauthorized' };

let test: TestCore;
let core: CredentialCore;
let issuer: TokenIssuer;
beforeEach(async () => {
  test = await openTestCore();
  core = { ...test.core, sealer: openSealer(test.directory) };
  issuer = tokenIssuer(secret, test.clock);
});
afterEach(() => test.dispose());

const seconds = () => test.clock.now() / 1000;

function methodWith(foreign: Partial<ConstructorParameters<typeof ForeignIssuer>[0]> = {}) {
  return jsonWebToken({
    core,
    secret,
    account: ACCOUNT,
    foreign: new ForeignIssuer({ keys: [], issuer: '', audience: '', ...foreign }),
  });
}

async function show(method: ReturnType<typeof methodWith>, token: string): Promise<Principal> {
  const request = { headers: { authorization: `Bearer ${token}` } } as FastifyRequest;
  expect(method.claims(request)).toBe(true);
  return method.authenticate(request);
}

function sign(alg: string, key: KeyObject | Uint8Array, claims: JWTPayload = {}): Promise<string> {
  const payload = { sub: 'ann', exp: Math.floor(seconds()) + 600, scope: 'tasks:read', ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
}

const issueFor = async (subject: string, more: { keyId?: string; scopes?: string[] } = {}) =>
  issuer.issue({ subject, scopes: ['*:*'], account: ACCOUNT, ttlSeconds: 600, ...more });

describe('a token of this server', () => {
  it('says who calls and what they may do', async () => {
    const { token, jti, expiresIn } = await issueFor('token:ci', { scopes: ['tasks:read', 'clusters:*'] });
    expect(expiresIn).toBe(600);
    const caller = await show(methodWith(), token);
    expect(caller).toMatchObject({ subject: 'token:ci', kind: 'token', keyId: jti, account: ACCOUNT });
    expect([caller.scopes.allows('clusters:delete'), caller.scopes.allows('tasks:create')]).toEqual([
      true,
      false,
    ]);
  });

  it.each([undefined, 'ci'])(
    'made by a token has the limits and the end of the first key (%s)',
    async (subject) => {
      const method = methodWith();
      const { record } = await createApiKey(core, owner, { role: 'admin', limits: { ecs: 5 } });
      let caller: Principal = { ...owner, kind: 'api-key', subject: `key:${record.id}`, keyId: record.id };
      let token = '';
      for (let generation = 1; generation <= 3; generation++) {
        const claims = await checkedTokenRequest(core, caller, { subject });
        ({ token } = await issuer.issue({ ...claims, ttlSeconds: 600 }));
        caller = await show(method, token);
      }
      expect(caller.limits).toEqual({ ecs: 5 });
      await revokeCredential(core, owner, record.id);
      await expect(show(method, token)).rejects.toMatchObject(refusedAs);
    },
  );

  it('is the same caller at every request, and ends when it expires', async () => {
    const method = methodWith();
    const { token } = await issueFor('token:ci');
    const first = await show(method, token);
    test.clock.advance(600_000 + 29_000);
    expect(await show(method, token)).toBe(first);
    test.clock.advance(1000);
    const expired = { ...refusedAs, message: 'The token has expired.' };
    await expect(show(method, token)).rejects.toMatchObject(expired);
    await expect(show(methodWith(), token)).rejects.toMatchObject(expired);
  });

  it('ends at once where it is given back', async () => {
    const method = methodWith();
    const { token, jti } = await issueFor('token:ci');
    await show(method, token);
    await revokeToken(core, jti, test.clock.now() + 600_000);
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });

  it('ends at once with its user: disabled, changed, removed', async () => {
    const method = methodWith();
    await createUser(core, owner, {
      kind: 'user',
      name: 'ann',
      password: 'correct horse battery',
      role: 'viewer',
    });
    const issued = async () => (await issueFor('user:ann')).token;
    const first = await issued();
    const caller = await show(method, first);
    expect([caller.scopes.allows('tasks:read'), caller.scopes.allows('tasks:create')]).toEqual([true, false]);

    test.clock.advance(1);
    await updateUser(core, owner, 'user', 'ann', { role: 'operator' });
    await expect(show(method, first)).rejects.toMatchObject(refusedAs);
    const second = await issued();
    expect((await show(method, second)).scopes.allows('tasks:create')).toBe(true);

    test.clock.advance(1);
    await updateUser(core, owner, 'user', 'ann', { disabled: true });
    await expect(show(method, second)).rejects.toMatchObject(refusedAs);
    test.clock.advance(1);
    await updateUser(core, owner, 'user', 'ann', { disabled: false });
    const third = await issued();
    await show(method, third);
    await deleteUser(core, owner, 'user', 'ann');
    await expect(show(method, third)).rejects.toMatchObject(refusedAs);
  });

  it('ends at once with the key that asked for it', async () => {
    const method = methodWith();
    const { record } = await createApiKey(core, owner, { role: 'admin' });
    const { token } = await issueFor(record.subject, { keyId: record.id });
    await show(method, token);
    await revokeCredential(core, owner, record.id);
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });

  it('ends when the key that asked for it does, though nothing is changed then', async () => {
    const method = methodWith();
    const { record } = await createApiKey(core, owner, { role: 'admin', ttlMs: 60_000 });
    const { token } = await issueFor(record.subject, { keyId: record.id });
    await show(method, token);
    test.clock.advance(60_000);
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });

  it('may be made by whoever has the secret, with a role, a scope array and no id', async () => {
    const caller = await show(
      methodWith(),
      await sign('HS256', secret, { role: 'viewer', scope: ['execute:python', 'openid'] }),
    );
    expect(caller).toMatchObject({ subject: 'token:ann', account: ACCOUNT });
    expect(caller.scopes.patterns).toContain('execute:python');
    expect(caller.scopes.patterns).not.toContain('openid');
    expect([caller.scopes.allows('tasks:read'), caller.scopes.allows('tasks:create')]).toEqual([true, false]);
  });

  it.each([
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a beginning to come', { nbf: 1_700_000_000 + 120 }],
    ['an issue to come', { iat: 1_700_000_000 + 120 }],
    ['an end that has passed', { exp: 1_700_000_000 - 60 }],
    ['an account that is none', { account: '../1' }],
    ['a user that there is not', { sub: 'user:nobody' }],
  ])('is refused with %s', async (_, claims) => {
    await expect(show(methodWith(), await sign('HS256', secret, claims))).rejects.toMatchObject(refusedAs);
  });

  it('is refused when signed otherwise: none, another secret, another algorithm, a changed claim', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: 'ann', exp: Math.floor(seconds()) + 600, scope: '*:*' };
    const { token } = await issueFor('token:ci', { scopes: ['tasks:read'] });
    const [header, , signature] = token.split('.');
    for (const forged of [
      `${part({ alg: 'none' })}.${part(claims)}.`,
      `${part({ alg: 'None', typ: 'JWT' })}.${part(claims)}.${signature}`,
      await sign('HS256', Buffer.from('another secret, which is as long as that')),
      await sign('HS512', Buffer.from(secret.toString().padEnd(64, ' '))),
      await sign('RS256', rsa.privateKey),
      `${header}.${part(claims)}.${signature}`,
      `${header}.${part(claims)}`,
      'abc',
      '..',
      '',
    ]) {
      await expect(show(methodWith({ keys: [publicKey(pem(ec.publicKey))] }), forged)).rejects.toMatchObject(
        refusedAs,
      );
    }
  });
});

describe('a token of another issuer', () => {
  const keys = [rsa, ec, ed].map(({ publicKey: key }) => publicKey(pem(key)));

  it.each([
    ['RS256', rsa.privateKey],
    ['ES256', ec.privateKey],
    ['EdDSA', ed.privateKey],
  ])('signed with %s is good for its scopes on the account of the server', async (alg, key) => {
    const claims = { sub: 'user:ann', role: 'admin', account: '111111111111', key: 'lsk_x' };
    const caller = await show(methodWith({ keys }), await sign(alg, key, claims));
    expect(caller).toMatchObject({ subject: 'token:user:ann', kind: 'token', account: ACCOUNT });
    expect(caller.scopes.patterns).toEqual(['tasks:read']);
  });

  it('is refused where the public key was taken for a secret', async () => {
    const key = pem(rsa.publicKey);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256' })}.${part({ sub: 'ann', exp: Math.floor(seconds()) + 600 })}`;
    const token = `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    await expect(show(methodWith({ keys }), token)).rejects.toMatchObject(refusedAs);
  });

  it('is refused from a stranger, and with another algorithm of the same key', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expect(show(methodWith({ keys }), await sign('RS256', stranger.privateKey))).rejects.toMatchObject(
      refusedAs,
    );
    await expect(show(methodWith({ keys }), await sign('RS512', rsa.privateKey))).rejects.toMatchObject(
      refusedAs,
    );
    await expect(show(methodWith({ keys }), await sign('PS256', rsa.privateKey))).rejects.toMatchObject(
      refusedAs,
    );
  });

  it('must have the issuer and the audience that are configured', async () => {
    const method = methodWith({ keys, issuer: 'https://issuer.example', audience: 'longshore' });
    const right = { iss: 'https://issuer.example', aud: ['other', 'longshore'] };
    expect(await show(method, await sign('ES256', ec.privateKey, right))).toMatchObject({
      subject: 'token:ann',
    });
    for (const [claim, value] of [
      ['iss', 'https://other.example'],
      ['aud', 'other'],
      ['iss', undefined],
      ['aud', undefined],
    ] as const) {
      const token = await sign('ES256', ec.privateKey, { ...right, [claim]: value });
      await expect(show(method, token)).rejects.toMatchObject({
        ...refusedAs,
        message: `The token's ${claim} claim is missing or not accepted.`,
      });
    }
    // This server's own tokens know neither.
    expect(await show(method, (await issueFor('token:ci')).token)).toMatchObject({ subject: 'token:ci' });
  });

  it('ends where it is given back', async () => {
    const method = methodWith({ keys });
    const token = await sign('EdDSA', ed.privateKey, { jti: 'abc' });
    await show(method, token);
    await revokeToken(core, 'abc', test.clock.now() + 600_000);
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });
});

describe('keys from a URL', () => {
  let server: Server;
  let url: string;
  let asked = 0;
  let status = 200;
  beforeAll(async () => {
    const keys = [
      { ...(await exportJWK(rsa.publicKey)), use: 'sig' },
      { ...(await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)) },
      { ...(await exportJWK(ec.publicKey)) },
      { kty: 'oct', k: secret.toString('base64url'), kid: 'shared' },
    ];
    server = createServer((_, response) => {
      asked++;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('are fetched once, and the one that fits is found among several', async () => {
    const method = methodWith({ remoteKeys: remoteKeys(url) });
    const before = asked;
    for (const [alg, { privateKey }] of [
      ['RS256', rsa],
      ['ES256', ec],
    ] as const) {
      expect(await show(method, await sign(alg, privateKey))).toMatchObject({ subject: 'token:ann' });
    }
    await expect(show(method, await sign('EdDSA', ed.privateKey))).rejects.toMatchObject(refusedAs);
    expect(asked - before).toBe(1);
  });

  it('that cannot be fetched are no fault of the token', async () => {
    status = 500;
    const method = methodWith({ remoteKeys: remoteKeys(url) });
    await expect(show(method, await sign('RS256', rsa.privateKey))).rejects.toMatchObject({
      code: 'Unavailable',
    });
    status = 200;
  });
});

describe('a key file', () => {
  it('is a public key of a kind that is accepted', () => {
    expect([rsa, ec, ed].map((pair) => publicKey(pem(pair.publicKey)).algorithm)).toEqual([
      'RS256',
      'ES256',
      'EdDSA',
    ]);
  });

  it.each([
    ['a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'private key'],
    ['a weak key', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), '1024 bits'],
    ['another curve', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey), 'P-256'],
    ['another kind', pem(generateKeyPairSync('ed448').publicKey), 'Ed25519'],
    ['no key', 'hello', 'no PEM'],
  ])('is refused with %s', (_, text, named) => {
    expect(() => publicKey(text)).toThrow(named);
  });
});
