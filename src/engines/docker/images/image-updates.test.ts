import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pushImage } from '../../../../test/fixtures/image.ts';
import { startRegistry, type Registry } from '../../../../test/fixtures/registry.ts';
import type { DockerClient } from '../client/docker-client.ts';
import { quirksOf } from '../client/quirks.ts';
import type { ImageDetails } from '../client/types.ts';
import { ImageUpdates } from './image-updates.ts';
import { RegistryLookup } from './registry-lookup.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const otherDigest = `sha256:${'9'.repeat(64)}`;
const log = { warn: () => undefined };

let registry: Registry;
let updates: ImageUpdates;
let lookup: RegistryLookup;
beforeAll(async () => {
  registry = await startRegistry();
});
beforeEach(() => {
  lookup = new RegistryLookup({
    ...{ registryMirrors: [], insecureRegistries: [], credentialsDirectory: '/nonexistent', log },
  });
  updates = updatesOf({ podman: false });
});
afterAll(() => registry?.stop());

function updatesOf({ podman }: { podman: boolean }): ImageUpdates {
  const quirks = quirksOf({ podman, apiVersion: '1.41' });
  return new ImageUpdates({ client: { quirks } as DockerClient, lookup, architecture: 'amd64' });
}

interface Variant {
  /** Of the manifest. */
  digest: string;
  config: string;
  platform: { os: string; architecture: string; variant?: string };
}

async function variant(content: string, architecture: string, name?: string): Promise<Variant> {
  const { digest } = await pushImage(registry, `multi:${architecture}`, {
    architecture,
    files: { '/v': content },
  });
  const answer = await fetch(`http://${registry.host}/v2/multi/manifests/${digest}`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
  });
  const { config } = (await answer.json()) as { config: { digest: string } };
  const platform = { os: 'linux', architecture, ...(name !== undefined && { variant: name }) };
  return { digest, config: config.digest, platform };
}

/** Makes `multi:<tag>` an index of these, as builders push them. Answers its digest. */
async function pushIndex(tag: string, variants: readonly Variant[]): Promise<string> {
  const manifests = variants.map(({ digest, platform }) => ({
    ...{ mediaType: 'application/vnd.docker.distribution.manifest.v2+json', size: 1, digest, platform },
  }));
  const bytes = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
  const answer = await fetch(`http://${registry.host}/v2/multi/manifests/${tag}`, {
    ...{ method: 'PUT', headers: { 'content-type': indexType }, body: bytes },
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

const local = (id: string, digests: readonly string[], about: Partial<ImageDetails> = {}): ImageDetails => ({
  Id: id,
  RepoDigests: digests.map((digest) => `${registry.host}/multi@${digest}`),
  RepoTags: null,
  Architecture: 'amd64',
  Os: 'linux',
  Size: 1,
  Config: null,
  ...about,
});
const check = (tag: string, image: ImageDetails, by = updates) =>
  by.check(`${registry.host}/multi:${tag}`, image, image, {});

it('knows an image by the digest of its index, of its manifest, and of its configuration', async () => {
  const [amd, arm] = [await variant('one', 'amd64'), await variant('one', 'arm64')];
  const index = await pushIndex('same', [amd, arm]);
  const recorded = { docker: [index], podman: [index, amd.digest], manifestOnly: [amd.digest] };
  for (const digests of Object.values(recorded)) {
    expect(await check('same', local(amd.config, digests))).toMatchObject({
      status: 'up_to_date',
      latest: index,
      current: digests,
    });
  }
  // Pushed from here: the registry's manifest is another one, of the same configuration.
  expect(await check('same', local(amd.config, [otherDigest]))).toMatchObject({ status: 'up_to_date' });
  expect(await check('same', local(amd.config.slice(7), [otherDigest]))).toMatchObject({
    status: 'up_to_date',
  });
});

it('tells of an index that changed for other platforms only that there is nothing new', async () => {
  const amd = await variant('kept', 'amd64');
  const before = await pushIndex('arm-only', [amd, await variant('old', 'arm64')]);
  const arm = await variant('new', 'arm64');
  const after = await pushIndex('arm-only', [amd, arm]);
  expect(after).not.toBe(before);
  expect(await check('arm-only', local(amd.config, [before]))).toMatchObject({
    status: 'up_to_date',
    latest: after,
  });
  const onArm = local(otherDigest, [before], { Architecture: 'arm64' });
  expect(await check('arm-only', onArm)).toMatchObject({ status: 'update_available', latest: after });
});

it('looks at the variant of the machine where there are several', async () => {
  const [v6, v7] = [await variant('six', 'arm', 'v6'), await variant('seven', 'arm', 'v7')];
  await pushIndex('variants', [v6, v7]);
  const on = (Variant: string) =>
    check('variants', local(v6.config, [otherDigest], { Architecture: 'arm', Variant }));
  expect(await on('v6')).toMatchObject({ status: 'up_to_date' });
  expect(await on('v7')).toMatchObject({ status: 'update_available' });
  expect(await on('')).toMatchObject({ status: 'up_to_date' });
});

it('says why it cannot tell instead of guessing', async () => {
  const arm = await variant('alone', 'arm64');
  await pushIndex('no-amd', [arm]);
  const image = local(otherDigest, [otherDigest]);
  const reasonOf = async (work: ReturnType<typeof check>) => {
    const { status, reason, message } = await work;
    expect([status, message === undefined || message === '']).toEqual(['not_checkable', false]);
    return reason;
  };
  expect(await reasonOf(check('no-amd', image))).toBe('no_variant');
  expect(await reasonOf(check('never', image))).toBe('missing');
  expect(await reasonOf(check('no-amd', local(otherDigest, [])))).toBe('local');
  expect(await reasonOf(check(`no-amd@${otherDigest}`, image))).toBe('pinned');
  const gone = local(otherDigest, [], { RepoDigests: [`127.0.0.1:1/multi@${otherDigest}`] });
  expect(await reasonOf(updates.check('127.0.0.1:1/multi:1', gone, gone, {}))).toBe('unreachable');
  const built = local(otherDigest, [], { RepoDigests: [`localhost/multi@${otherDigest}`] });
  const podman = updatesOf({ podman: true });
  expect(await reasonOf(podman.check('localhost/multi:1', built, built, {}))).toBe('local');
});

it('remembers what a registry said, for those who may ask it the same', async () => {
  const amd = await variant('remembered', 'amd64');
  await pushIndex('remembered', [amd]);
  const asked = () => registry.requests().filter((line) => line.includes('manifests/remembered ')).length;
  const image = local(otherDigest, [otherDigest]);
  await check('remembered', image);
  const once = asked();
  await Promise.all([check('remembered', image), check('remembered', image)]);
  expect(asked()).toBe(once);
  const reference = `${registry.host}/multi:remembered`;
  const credentials = () => Promise.resolve({ username: 'other', password: 'one' });
  await updates.check(reference, image, image, { credentials });
  expect(asked()).toBe(once + 1);
  await updates.check(reference, image, image, { refresh: true });
  expect(asked()).toBe(once + 2);
});
