import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import { openSealer } from '../../store/secrets/sealer.ts';
import type { Principal } from '../principal.ts';
import { Scopes } from '../scopes.ts';
import { accountCredentials } from './account-credentials.ts';
import {
  createRegistry,
  deleteRegistry,
  findRegistry,
  listRegistries,
  updateRegistry,
  type RegistriesCore,
} from './registries.ts';

const own = '000000000000';
const other = '111111111111';
const callerOf = (account: string, ...scopes: string[]): Principal => ({
  ...{ subject: `user:${account}`, kind: 'password', account, scopes: new Scopes(scopes) },
});
const ann = callerOf(own, 'registries:*');
const bob = callerOf(other, 'registries:*');
const request = { address: 'ghcr.io', username: 'ann', password: 'not-to-be-told' };

let test: TestCore;
let core: RegistriesCore;
beforeEach(async () => {
  test = await openTestCore();
  core = { store: test.store, clock: test.clock, sealer: openSealer(test.directory) };
});
afterEach(() => test.dispose());

it('keeps credentials sealed, for the registry of that address only', async () => {
  const record = await createRegistry(core, ann, request);
  expect(record).toMatchObject({ name: 'ghcr.io', address: 'ghcr.io', username: 'ann', account: own });
  expect(JSON.stringify(record)).not.toContain(request.password);
  const credentials = accountCredentials(core, own);
  expect(await credentials('ghcr.io')).toEqual({ username: 'ann', password: request.password });
  expect(await credentials('GHCR.io')).toBeDefined();
  for (const registry of ['docker.io', 'ghcr.io:443', 'ghcr.io.example', 'nonsense/']) {
    expect(await credentials(registry)).toBeUndefined();
  }
  expect(await accountCredentials(core, other)('ghcr.io')).toBeUndefined();
});

it('knows Docker Hub by all its names', async () => {
  await createRegistry(core, ann, { ...request, address: 'https://index.docker.io/v1/' });
  expect(await accountCredentials(core, own)('docker.io')).toMatchObject({ username: 'ann' });
  await expect(createRegistry(core, ann, { ...request, address: 'docker.io' })).rejects.toMatchObject({
    code: 'AlreadyExists',
  });
});

it("shows an account its own and nobody else's", async () => {
  const { id } = await createRegistry(core, ann, request);
  await createRegistry(core, ann, { ...request, address: 'a.example:5000' });
  await createRegistry(core, bob, { ...request, username: 'bob' });
  const addresses = async (caller: Principal) =>
    (await listRegistries(core, caller)).map(({ address }) => address);
  expect(await addresses(ann)).toEqual(['a.example:5000', 'ghcr.io']);
  expect(await addresses(bob)).toEqual(['ghcr.io']);
  expect(await addresses(callerOf(other, '*:*'))).toEqual(['a.example:5000', 'ghcr.io', 'ghcr.io']);
  expect((await findRegistry(core, ann, 'ghcr.io')).id).toBe(id);
  expect((await findRegistry(core, bob, 'ghcr.io')).username).toBe('bob');
  for (const work of [
    () => findRegistry(core, bob, id),
    () => updateRegistry(core, bob, id, { password: 'x' }),
    () => deleteRegistry(core, bob, id),
    () => findRegistry(core, ann, 'nothing.example'),
  ]) {
    await expect(work()).rejects.toMatchObject({ code: 'ResourceNotFound' });
  }
});

it('changes what is given and keeps the rest', async () => {
  const { id } = await createRegistry(core, ann, request);
  const credentials = accountCredentials(core, own);
  await updateRegistry(core, ann, id, { name: 'Ours' });
  expect(await credentials('ghcr.io')).toEqual({ username: 'ann', password: request.password });
  await updateRegistry(core, ann, 'ghcr.io', { password: 'another' });
  expect(await credentials('ghcr.io')).toEqual({ username: 'ann', password: 'another' });
  expect(await findRegistry(core, ann, id)).toMatchObject({ name: 'Ours', username: 'ann' });
  await deleteRegistry(core, ann, id);
  expect(await credentials('ghcr.io')).toBeUndefined();
});

it('bounds how many an account has', async () => {
  for (let index = 0; index < 100; index++) {
    await createRegistry(core, ann, { ...request, address: `r${index}.example` });
  }
  await expect(createRegistry(core, ann, request)).rejects.toMatchObject({ code: 'LimitExceeded' });
  await createRegistry(core, bob, request);
});

it('says what to do where the key is gone that they were sealed with', async () => {
  await createRegistry(core, ann, request);
  const sealer = { ...core.sealer, open: () => openSealer(`${test.directory}/none`).open('v1.x') };
  await expect(accountCredentials({ ...core, sealer }, own)('ghcr.io')).rejects.toMatchObject({
    code: 'Server',
    message: expect.stringContaining('Give the password anew') as string,
  });
});
