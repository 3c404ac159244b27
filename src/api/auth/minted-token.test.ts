/** What tokens that were asked for by a key, a person or another token are still worth when those change. */
import type { FastifyRequest } from 'fastify';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { principalOfApiKey, type CredentialCore } from '../../core/credential-check.ts';
import { createApiKey } from '../../core/credentials.ts';
import { ownerOfData, type Principal } from '../../core/principal.ts';
import { checkedTokenRequest } from '../../core/token-request.ts';
import { createUser, deleteUser, updateUser } from '../../core/users.ts';
import { openSealer } from '../../store/secrets/sealer.ts';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import { jsonWebToken } from './jwt.ts';
import { ForeignIssuer } from './jwt-verification.ts';
import type { AuthMethod } from './method.ts';
import { tokenIssuer, type TokenIssuer } from './token-issuer.ts';

const ACCOUNT = '000000000000';
const owner = ownerOfData(ACCOUNT);
const secret = Buffer.from('a secret of this server, 32 bytes or more');
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

const methodWith = () =>
  jsonWebToken({
    core,
    secret,
    account: ACCOUNT,
    foreign: new ForeignIssuer({ keys: [], issuer: '', audience: '' }),
  });

const showing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } }) as FastifyRequest;
const show = async (method: AuthMethod, token: string): Promise<Principal> =>
  method.authenticate(showing(token));

/** The token that this caller gets from `POST /auth/tokens`. */
const mintedBy = async (caller: Principal, request: Parameters<typeof checkedTokenRequest>[2]) =>
  (await issuer.issue({ ...(await checkedTokenRequest(core, caller, request)), ttlSeconds: 600 })).token;

describe('a token made with a key of a service account', () => {
  const ofService = async (limits?: Principal['limits']) => {
    await createUser(core, owner, { kind: 'service', name: 'ci', role: 'admin', limits });
    const { key } = await createApiKey(core, owner, { subject: 'service:ci' });
    const shown = await principalOfApiKey(core, key);
    return mintedBy(shown, { subject: 'x', role: 'admin' });
  };
  const change = async (changes: Parameters<typeof updateUser>[4]) => {
    test.clock.advance(1);
    await updateUser(core, owner, 'service', 'ci', changes);
  };

  it('ends while the account is disabled, and when it is removed', async () => {
    const method = methodWith();
    const token = await ofService();
    await show(method, token);
    await change({ disabled: true });
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
    await change({ disabled: false });
    await show(method, token);
    await deleteUser(core, owner, 'service', 'ci');
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });

  it('may do what the account may by now, as often as it may', async () => {
    const method = methodWith();
    const token = await ofService({ ecs: 5 });
    const before = await show(method, token);
    expect([before.scopes.allows('keys:create'), before.limits]).toEqual([true, { ecs: 5 }]);
    await change({ role: 'viewer', limits: { ecs: 2 } });
    const { scopes, limits } = await show(method, token);
    expect([scopes.allows('tasks:read'), scopes.allows('tasks:create')]).toEqual([true, false]);
    expect(limits).toEqual({ ecs: 2 });
  });

  it('works on another account for as long as the account may', async () => {
    const method = methodWith();
    await createUser(core, owner, { kind: 'service', name: 'ci', role: 'admin' });
    const { key } = await createApiKey(core, owner, { subject: 'service:ci' });
    const account = '111111111111';
    const token = await mintedBy(await principalOfApiKey(core, key), {
      subject: 'x',
      role: 'viewer',
      account,
    });
    expect(await show(method, token)).toMatchObject({ account });
    await change({ role: 'operator' });
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });
});

describe('a token made by a person who has logged in', () => {
  const person = (name: string, more: { limits?: Principal['limits'] } = {}) =>
    createUser(core, owner, {
      kind: 'user',
      name,
      password: 'correct horse battery',
      role: 'admin',
      ...more,
    });
  const loggedIn = async (method: AuthMethod, name: string) =>
    show(
      method,
      (await issuer.issue({ subject: `user:${name}`, scopes: ['*:*'], account: ACCOUNT, ttlSeconds: 600 }))
        .token,
    );

  it.each([
    ['is disabled', () => updateUser(core, owner, 'user', 'ann', { disabled: true })],
    ['has a new password', () => updateUser(core, owner, 'user', 'ann', { password: 'another password' })],
    ['has another role', () => updateUser(core, owner, 'user', 'ann', { role: 'viewer' })],
    ['is removed', () => deleteUser(core, owner, 'user', 'ann')],
  ])('ends where that person %s, as does what was made with it', async (_, change) => {
    const method = methodWith();
    await person('ann');
    const token = await mintedBy(await loggedIn(method, 'ann'), { subject: 'backdoor' });
    const second = await mintedBy(await show(method, token), { subject: 'another' });
    await show(method, second);
    test.clock.advance(1);
    await change();
    for (const made of [token, second]) await expect(show(method, made)).rejects.toMatchObject(refusedAs);
    await expect(show(methodWith(), second)).rejects.toMatchObject(refusedAs);
  });

  it.each(['ann', 'bob'])('ends with everyone it came through (%s)', async (name) => {
    const method = methodWith();
    await person('ann');
    await person('bob');
    const ofBob = await show(method, await mintedBy(await loggedIn(method, 'ann'), { subject: 'user:bob' }));
    const token = await mintedBy(ofBob, { subject: 'backdoor' });
    await show(method, token);
    test.clock.advance(1);
    await updateUser(core, owner, 'user', name, { password: 'another password' });
    await expect(show(method, token)).rejects.toMatchObject(refusedAs);
  });

  it("has that person's limits, and is the same caller until something changes", async () => {
    const method = methodWith();
    await person('ann', { limits: { ecs: 5 } });
    const token = await mintedBy(await loggedIn(method, 'ann'), { subject: 'x', scopes: ['tasks:read'] });
    const caller = await show(method, token);
    expect(caller).toMatchObject({ subject: 'token:x', limits: { ecs: 5 } });
    expect(caller.scopes.patterns).toEqual(['tasks:read']);
    await updateUser(core, owner, 'user', 'ann', { description: 'on holiday' });
    const after = await show(method, token);
    expect(await show(method, token)).toBe(after);
  });

  it('is checked without waiting where the store knows at once', async () => {
    const method = methodWith();
    await person('ann');
    const token = await mintedBy(await loggedIn(method, 'ann'), { subject: 'x' });
    const caller = await show(method, token);
    expect(method.authenticate(showing(token))).toBe(caller);
  });
});

it('a token from before it said who made it is good as it was', async () => {
  const token = await new SignJWT({ sub: 'token:old', exp: test.clock.now() / 1000 + 600, scope: '*:*' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secret);
  expect((await show(methodWith(), token)).scopes.patterns).toEqual(['*:*']);
});
