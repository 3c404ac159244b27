/** What counts as a bad credential, and how the good ones are asked again. */
import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import { ACCOUNT, openDoor } from '../../../test/fixtures/door.ts';
import { accessKey, type CredentialCore } from '../../core/credential-check.ts';
import { createAccessKey, revokeCredential } from '../../core/credentials.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { ownerOfData } from '../../core/principal.ts';
import { createUser, deleteUser, updateUser } from '../../core/users.ts';
import { openSealer } from '../../store/secrets/sealer.ts';
import type { AuthMethod } from '../auth/method.ts';
import { signatureVersion4 } from '../auth/sigv4.ts';
import { Authentication } from './authentication.ts';

let test: TestCore;
beforeEach(async () => (test = await openTestCore()));
afterEach(() => test.dispose());

describe('a connection opened with a signature', () => {
  const owner = ownerOfData(ACCOUNT);
  async function signedBy(subject?: string) {
    const core: CredentialCore = { ...test.core, sealer: openSealer(test.directory) };
    await createUser(core, owner, { kind: 'user', name: 'ann', password: 'a long password', role: 'admin' });
    const rights = subject === undefined ? { role: 'admin' as const } : { subject };
    const { record } = await createAccessKey(core, owner, rights);
    const { principal } = (await accessKey(core, record.id))!;
    const method = signatureVersion4({ clock: test.clock, accessKey: (id) => accessKey(core, id) });
    const door = { ...openDoor, mode: 'required' as const, methods: [method] };
    // Its signature was good once and is not any more.
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=x' };
    const request = { principal, headers, raw: { headers } } as unknown as FastifyRequest;
    const authentication = new Authentication(door, test.clock);
    return { core, authentication, request, caller: authentication.ofRequest(request)!, id: record.id };
  }

  const refused = { code: 'UnknownAccessKey' };

  it('has what its owner may do now', async () => {
    const { core, caller } = await signedBy('user:ann');
    expect((await caller.recheck()).scopes.allows('tasks:exec')).toBe(true);
    await updateUser(core, owner, 'user', 'ann', { role: 'viewer' });
    const { scopes, subject } = await caller.recheck();
    expect([subject, scopes.allows('tasks:exec'), scopes.allows('tasks:read')]).toEqual([
      'user:ann',
      false,
      true,
    ]);
  });

  it('is over once its owner is disabled or gone', async () => {
    const { core, caller } = await signedBy('user:ann');
    await updateUser(core, owner, 'user', 'ann', { disabled: true });
    await expect(caller.recheck()).rejects.toMatchObject(refused);
    await updateUser(core, owner, 'user', 'ann', { disabled: false });
    await caller.recheck();
    await deleteUser(core, owner, 'user', 'ann');
    await expect(caller.recheck()).rejects.toMatchObject(refused);
  });

  it('is given no more by a ticket of a key that was revoked since', async () => {
    const { core, authentication, request, id } = await signedBy();
    const [before, after] = [authentication.issueTicket(request), authentication.issueTicket(request)];
    expect((await authentication.ofUrl(request, before)).principal.keyId).toBe(id);
    await revokeCredential(core, owner, id);
    await expect(authentication.ofUrl(request, after)).rejects.toMatchObject(refused);
  });

  it('is over once its key is revoked', async () => {
    const { core, caller, id } = await signedBy();
    expect((await caller.recheck()).keyId).toBe(id);
    await revokeCredential(core, owner, id);
    await expect(caller.recheck()).rejects.toMatchObject(refused);
  });
});

describe('failures', () => {
  it.each<[ErrorCode, number]>([
    ['Unauthorized', 1],
    ['InvalidSignature', 1],
    ['UnknownAccessKey', 1],
    ['Throttled', 0],
    ['Unavailable', 0],
  ])('%s counts as %d', async (code, expected) => {
    let counted = 0;
    const method: AuthMethod = {
      name: 'failing',
      claims: () => true,
      authenticate: () => Promise.reject(new AppError(code, 'no')),
    };
    const limits = { ...openDoor.limits, countFailure: () => void counted++ };
    const authentication = new Authentication({ mode: 'required', methods: [method], limits }, test.clock);
    const asked = authentication.ofToken({ headers: {} } as FastifyRequest, 'lsk_x');
    await expect(asked).rejects.toMatchObject({ code });
    expect(counted).toBe(expected);
  });
});
