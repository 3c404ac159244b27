import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openSealer } from '../store/secrets/sealer.ts';
import { openTestCore, type TestCore } from '../../test/fixtures/core.ts';
import { accessKey, accountTokens, principalOfApiKey, type CredentialCore } from './credential-check.ts';
import {
  createAccessKey,
  createAccountToken,
  createApiKey,
  describeCredential,
  listCredentials,
  revokeCredential,
} from './credentials.ts';
import { newApiKey } from './key-material.ts';
import { ownerOfData, type Principal } from './principal.ts';
import { Scopes } from './scopes.ts';
import { createUser, deleteUser, updateUser } from './users.ts';

const ACCOUNT = '000000000000';
const OTHER = '111111111111';
const owner = ownerOfData(ACCOUNT);
const caller = (scopes: string[], account = ACCOUNT): Principal => ({
  subject: 'user:ann',
  kind: 'token',
  scopes: new Scopes(scopes),
  account,
});

let test_: TestCore;
let core: CredentialCore;

beforeEach(async () => {
  test_ = await openTestCore();
  core = { store: test_.store, clock: test_.clock, sealer: openSealer(test_.directory) };
  return () => test_.dispose();
});

const refused = { code: 'Unauthorized' };

test('a key says who calls and what it may do, as one object until it changes', async () => {
  const { record, key } = await createApiKey(core, owner, { role: 'viewer', scopes: ['tasks:create'] });
  expect(key).toMatch(/^lsk_[0-9A-Za-z]{12}_[A-Za-z0-9_-]{43}$/);
  expect(key.startsWith(`${record.id}_`)).toBe(true);
  const principal = await principalOfApiKey(core, key);
  expect(principal).toMatchObject({ subject: `key:${record.id}`, kind: 'api-key', keyId: record.id });
  const may = ['clusters:read', 'tasks:create', 'tasks:delete', 'keys:read'] as const;
  expect(may.map((scope) => principal.scopes.allows(scope))).toEqual([true, true, false, false]);
  expect(await principalOfApiKey(core, key)).toBe(principal);
});

test('neither the store nor its files hold a secret', async () => {
  const { record, key } = await createApiKey(core, owner, { role: 'viewer' });
  const pair = await createAccessKey(core, owner, { role: 'viewer' });
  const shared = await createAccountToken(core, owner, { role: 'viewer' });
  await core.store.check();
  const files = ['longshore.db', 'longshore.db-wal'].map((name) => readFileSync(join(test_.directory, name)));
  const stored = Buffer.concat(files).toString('latin1');
  expect(stored).toContain(record.hash);
  const secret = key.slice(record.id.length + 1);
  for (const text of [secret, pair.secretAccessKey, shared.token]) expect(stored).not.toContain(text);
});

test('what is unknown, wrong, expired or revoked is refused with one message', async () => {
  const { record, key } = await createApiKey(core, owner, { role: 'viewer', ttlMs: 60_000 });
  const { key: revoked, record: old } = await createApiKey(core, owner, { role: 'viewer' });
  await revokeCredential(core, owner, old.id);
  const { key: other } = await createApiKey(core, owner, { role: 'viewer' });
  const wrong = record.id + other.slice(record.id.length);
  const cut = key.slice(0, -1);
  const pair = await createAccessKey(core, owner, { role: 'viewer' });
  const messages = new Set<string>();
  const expectRefused = (text: string) => {
    const attempt = () => principalOfApiKey(core, text);
    expect(attempt).toThrow(expect.objectContaining(refused));
    try {
      void attempt();
    } catch (error) {
      messages.add((error as Error).message);
    }
  };
  for (const text of ['', 'x', cut, wrong, revoked, `${key}x`, pair.record.id]) expectRefused(text);
  await principalOfApiKey(core, key);
  test_.clock.advance(60_000);
  expectRefused(key);
  expect(messages.size).toBe(1);
});

test('an access key gives its secret back, until it ends', async () => {
  const { record, secretAccessKey } = await createAccessKey(core, owner, { role: 'operator', ttlMs: 60_000 });
  expect(record.id).toMatch(/^LSIA[A-Z2-7]{16}$/);
  expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(await accessKey(core, record.id)).toMatchObject({
    secret: secretAccessKey,
    principal: { kind: 'access-key', account: ACCOUNT },
  });
  expect(await accessKey(core, 'LSIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  test_.clock.advance(60_000);
  expect(await accessKey(core, record.id)).toBeUndefined();
});

test('tokens of an account are those in force there', async () => {
  const first = await createAccountToken(core, owner, { role: 'operator' });
  const second = await createAccountToken(core, owner, { role: 'viewer' });
  await createAccountToken(core, owner, { role: 'viewer', account: OTHER });
  await revokeCredential(core, owner, first.record.id);
  const found = await accountTokens(core, ACCOUNT);
  expect(found.map(({ token }) => token)).toEqual([second.token]);
  expect(found[0]!.principal.account).toBe(ACCOUNT);
});

test('a token of somebody belongs to their account, whichever account was asked for', async () => {
  await createUser(core, owner, { kind: 'service', name: 'ci', role: 'operator', account: OTHER });
  const request = { subject: 'service:ci', account: ACCOUNT };
  const { record, token } = await createAccountToken(core, owner, request);
  expect(record).toMatchObject({ id: expect.stringMatching(`^lst_${OTHER}_`) as string, account: OTHER });
  expect(await accountTokens(core, ACCOUNT)).toEqual([]);
  expect(await accountTokens(core, OTHER)).toMatchObject([{ token, principal: { account: OTHER } }]);
});

test('an account has at most 20 tokens, also where they are made at once', async () => {
  await createUser(core, owner, { kind: 'service', name: 'ci', role: 'operator', account: OTHER });
  const request = { subject: 'service:ci' };
  const made = await Promise.allSettled(
    Array.from({ length: 22 }, () => createAccountToken(core, owner, request)),
  );
  const reasons = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(reasons).toMatchObject([{ code: 'LimitExceeded' }, { code: 'LimitExceeded' }]);
  expect(await accountTokens(core, OTHER)).toHaveLength(20);
  await createAccountToken(core, owner, { role: 'viewer' });
  // Who may not make one there does not learn how many there are.
  const ann = caller(['keys:*']);
  await expect(createAccountToken(core, ann, { account: OTHER })).rejects.toMatchObject({
    code: 'Forbidden',
  });
});

test.each([
  ['a scope', { scopes: ['tasks:delete'] }],
  ['a role', { role: 'operator' as const }],
  ['every scope', { scopes: ['*'] }],
  ['another account', { account: OTHER }],
  ['limits', { limits: { ecs: 1_000_000 } }],
])('nobody gives away %s that they do not have', async (_, request) => {
  const ann = caller(['keys:*', 'tasks:read', 'clusters:read']);
  await expect(createApiKey(core, ann, request)).rejects.toMatchObject({ code: 'Forbidden' });
  await expect(createAccessKey(core, ann, request)).rejects.toMatchObject({ code: 'Forbidden' });
  await expect(createAccountToken(core, ann, request)).rejects.toMatchObject({ code: 'Forbidden' });
  const { records } = await listCredentials(core, owner);
  expect(records).toEqual([]);
  await createApiKey(core, ann, { scopes: ['tasks:read'] });
});

test('a key of somebody follows what they may do, and never exceeds it', async () => {
  await createUser(core, owner, { kind: 'service', name: 'ci', role: 'operator' });
  const { key } = await createApiKey(core, owner, { subject: 'service:ci' });
  const { key: less } = await createApiKey(core, owner, {
    subject: 'service:ci',
    scopes: ['tasks:*', 'keys:*'],
  });
  const may = async (text: string) => {
    const { scopes, subject } = await principalOfApiKey(core, text);
    expect(subject).toBe('service:ci');
    return (['tasks:create', 'clusters:read', 'keys:create'] as const).map((scope) => scopes.allows(scope));
  };
  expect(await may(key)).toEqual([true, true, false]);
  expect(await may(less)).toEqual([true, false, false]);
  await updateUser(core, owner, 'service', 'ci', { role: 'viewer' });
  expect(await may(key)).toEqual([false, true, false]);
  expect(await may(less)).toEqual([false, false, false]);
  await updateUser(core, owner, 'service', 'ci', { disabled: true });
  expect(() => principalOfApiKey(core, key)).toThrow(expect.objectContaining(refused));
});

test('a name that is taken again does not bring old keys back', async () => {
  await createUser(core, owner, { kind: 'service', name: 'ci', role: 'viewer' });
  const { key } = await createApiKey(core, owner, { subject: 'service:ci' });
  await deleteUser(core, owner, 'service', 'ci');
  await createUser(core, owner, { kind: 'service', name: 'ci', role: 'admin' });
  expect(() => principalOfApiKey(core, key)).toThrow(expect.objectContaining(refused));
});

test('nobody takes a key of somebody who may do more', async () => {
  await createUser(core, owner, { kind: 'service', name: 'boss', role: 'admin' });
  const ann = caller(['keys:*', 'clusters:read']);
  const request = { subject: 'service:boss', scopes: ['clusters:read'] };
  await expect(createApiKey(core, ann, request)).rejects.toMatchObject({ code: 'Forbidden' });
});

test('keys of another account are absent from lists and not found', async () => {
  const mine = await createApiKey(core, owner, { role: 'viewer' });
  const theirs = await createApiKey(core, owner, { role: 'viewer', account: OTHER });
  const ann = caller(['keys:*']);
  const { records } = await listCredentials(core, ann);
  expect(records.map(({ id }) => id)).toEqual([mine.record.id]);
  const missing = { code: 'ResourceNotFound' };
  await expect(describeCredential(core, ann, theirs.record.id)).rejects.toMatchObject(missing);
  await expect(revokeCredential(core, ann, theirs.record.id)).rejects.toMatchObject(missing);
  await principalOfApiKey(core, theirs.key);
});

test('a wrong scope is refused with the one that was meant', async () => {
  await expect(createApiKey(core, owner, { scopes: ['cluster:read'] })).rejects.toThrow(
    'did you mean clusters:read',
  );
});

test('a key may be named by all of it, which no message repeats', async () => {
  const { record, key } = await createApiKey(core, owner, { role: 'viewer' });
  expect((await describeCredential(core, owner, key)).id).toBe(record.id);
  expect((await revokeCredential(core, owner, key)).revokedAt).toBeGreaterThan(0);
  const unknown = newApiKey();
  const missing = describeCredential(core, owner, unknown.key);
  await expect(missing).rejects.toThrow(`There is no key '${unknown.id}'.`);
});
