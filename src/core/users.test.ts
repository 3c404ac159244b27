import { beforeEach, expect, test } from 'vitest';
import { openSealer } from '../store/secrets/sealer.ts';
import { openTestCore, type TestCore } from '../../test/fixtures/core.ts';
import type { CredentialCore } from './credential-check.ts';
import { createApiKey, revokeCredential } from './credentials.ts';
import { hashedPassword } from './password.ts';
import { ownerOfData, type Principal } from './principal.ts';
import { Scopes } from './scopes.ts';
import { checkedTokenRequest } from './token-request.ts';
import {
  checkPassword,
  createUser,
  deleteUser,
  listUsers,
  revokeToken,
  rightsOfToken,
  updateUser,
  type TokenClaims,
} from './users.ts';

const ACCOUNT = '000000000000';
const PASSWORD = 'correct horse battery';
const owner = ownerOfData(ACCOUNT);
const caller = (...scopes: string[]): Principal => ({
  subject: 'user:bob',
  kind: 'token',
  scopes: new Scopes(scopes),
  account: ACCOUNT,
});

let fixture: TestCore;
let core: CredentialCore;

beforeEach(async () => {
  fixture = await openTestCore();
  core = { store: fixture.store, clock: fixture.clock, sealer: openSealer(fixture.directory) };
  return () => fixture.dispose();
});

const ann = (more = {}) =>
  createUser(core, owner, { kind: 'user', name: 'ann', password: PASSWORD, role: 'operator', ...more });
const refused = { code: 'Unauthorized' };

test('a password is kept as scrypt with its own parameters and salt', async () => {
  const { passwordHash } = await ann();
  const { passwordHash: other } = await createUser(core, owner, {
    kind: 'user',
    name: 'bea',
    password: PASSWORD,
    role: 'viewer',
  });
  expect(passwordHash).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(other).not.toBe(passwordHash);
  expect(await checkPassword(core, 'ann', PASSWORD)).toMatchObject({ id: 'user:ann' });
});

test('a wrong password, an unknown name, a service account and a disabled user get one answer', async () => {
  await ann();
  await createUser(core, owner, { kind: 'service', name: 'ci', role: 'viewer' });
  await createUser(core, owner, { kind: 'user', name: 'off', password: PASSWORD, role: 'viewer' });
  await updateUser(core, owner, 'user', 'off', { disabled: true });
  const messages = new Set<string>();
  for (const name of ['ann', 'nobody', 'ci', 'off']) {
    const password = name === 'ann' ? `${PASSWORD}!` : PASSWORD;
    const error = await checkPassword(core, name, password).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused);
    messages.add((error as Error).message);
  }
  expect(messages.size).toBe(1);
});

test('an old password that waits for its turn while it is changed is refused', async () => {
  await ann();
  const change = updateUser(core, owner, 'user', 'ann', { password: 'another password' });
  // Takes its turn between the two, so that the change is stored before the old password has been checked.
  const between = hashedPassword(PASSWORD);
  const late = checkPassword(core, 'ann', PASSWORD);
  await expect(late).rejects.toMatchObject(refused);
  await Promise.all([change, between]);
  await checkPassword(core, 'ann', 'another password');
});

test('who may change users may not take over one who may do more', async () => {
  await ann({ role: 'admin' });
  const bob = caller('users:*', 'clusters:read');
  const forbidden = { code: 'Forbidden' };
  const password = 'a password of bobs own';
  await expect(updateUser(core, bob, 'user', 'ann', { password })).rejects.toMatchObject(forbidden);
  await expect(updateUser(core, bob, 'user', 'ann', { role: 'none' })).rejects.toMatchObject(forbidden);
  await expect(deleteUser(core, bob, 'user', 'ann')).rejects.toMatchObject(forbidden);
  const mallory = { kind: 'user', name: 'mallory', password, role: 'admin' } as const;
  await expect(createUser(core, bob, mallory)).rejects.toMatchObject(forbidden);
  await checkPassword(core, 'ann', PASSWORD);
});

test('users of another account are absent', async () => {
  await ann({ account: '111111111111' });
  const bob = caller('users:*');
  expect((await listUsers(core, bob, 'user')).records).toEqual([]);
  await expect(updateUser(core, bob, 'user', 'ann', { disabled: true })).rejects.toMatchObject({
    code: 'ResourceNotFound',
  });
  expect((await listUsers(core, owner, 'user')).records).toHaveLength(1);
});

const claims = (more: Partial<TokenClaims> = {}): TokenClaims => ({
  subject: 'user:ann',
  jti: 'j1',
  issuedAt: fixture.clock.now(),
  scopes: new Scopes(['*:*']),
  account: ACCOUNT,
  ...more,
});

test('a token allows no more than its user, and the same object until something changes', async () => {
  await ann();
  const token = claims();
  const { scopes } = await rightsOfToken(core, token);
  expect([scopes.allows('tasks:create'), scopes.allows('keys:create')]).toEqual([true, false]);
  expect((await rightsOfToken(core, token)).scopes).toBe(scopes);
});

test.each([
  ['was given back', () => revokeToken(core, 'j1', fixture.clock.now() + 1000)],
  [
    'is of a user with a new password',
    () => updateUser(core, owner, 'user', 'ann', { password: 'another password' }),
  ],
  ['is of a user with another role', () => updateUser(core, owner, 'user', 'ann', { role: 'admin' })],
  ['is of a user who is disabled', () => updateUser(core, owner, 'user', 'ann', { disabled: true })],
  ['is of a user who is gone', () => deleteUser(core, owner, 'user', 'ann')],
])('a token is refused once it %s', async (_, change) => {
  await ann();
  const token = claims();
  await rightsOfToken(core, token);
  fixture.clock.advance(1);
  await change();
  expect(() => rightsOfToken(core, token)).toThrow(expect.objectContaining(refused));
});

test('a token without an id cannot be given back by another without one', async () => {
  await ann();
  await revokeToken(core, '', fixture.clock.now() + 1000);
  expect(await rightsOfToken(core, claims({ jti: '' }))).toMatchObject({ account: ACCOUNT });
});

test('a new description ends no token', async () => {
  await ann();
  const token = claims();
  fixture.clock.advance(1);
  await updateUser(core, owner, 'user', 'ann', { description: 'on holiday' });
  await rightsOfToken(core, token);
});

test('a token ends with the key that asked for it', async () => {
  const { record } = await createApiKey(core, owner, { role: 'viewer' });
  const token = claims({ subject: `key:${record.id}`, keyId: record.id });
  await rightsOfToken(core, token);
  await revokeCredential(core, owner, record.id);
  expect(() => rightsOfToken(core, token)).toThrow(expect.objectContaining(refused));
});

test('a token that is asked for allows no more than who asks', async () => {
  await ann({ role: 'admin' });
  const bob = caller('keys:create', 'tasks:read');
  const forbidden = { code: 'Forbidden' };
  await expect(checkedTokenRequest(core, bob, { role: 'operator' })).rejects.toMatchObject(forbidden);
  await expect(checkedTokenRequest(core, bob, { subject: 'user:ann' })).rejects.toMatchObject(forbidden);
  expect(await checkedTokenRequest(core, bob, { subject: 'ci', scopes: ['tasks:list'] })).toEqual({
    subject: 'token:ci',
    scopes: ['tasks:read'],
    account: ACCOUNT,
    madeBy: ['user:bob'],
  });
  await expect(checkedTokenRequest(core, bob, { subject: 'key:lsk_000000000000' })).rejects.toMatchObject({
    code: 'InvalidParameter',
  });
});
