/**
 * Images of the machine. They are everybody's who works on the server's own account; callers of other accounts see
 * those that their containers are made of.
 */
import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type {
  HostImage,
  HostImageDetails,
  ImageLayer,
  ImageQuery,
  PulledImage,
  RemovedImage,
  TransferOptions,
} from '../ports/host-images.ts';
import type { RegistryAuth } from '../ports/image-transfer.ts';
import type { Page } from '../ports/page.ts';
import type { Principal } from '../principal.ts';
import { accountCredentials } from '../registries/account-credentials.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { pageOf } from './page-of.ts';
import { sees, seesServer } from './visibility.ts';

export async function listImages(
  core: ContainersCore,
  caller: Principal,
  { limit, offset, ...query }: ImageQuery,
): Promise<Page<HostImage>> {
  const { images } = hostOf(core);
  if (seesServer(core, caller)) return images.list({ ...query, limit, offset });
  const [{ items }, used] = await Promise.all([images.list(query), imagesInUse(core, caller)]);
  return pageOf(
    items.filter(({ id }) => used.has(id)),
    { limit, offset },
  );
}

export async function describeImage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<HostImageDetails> {
  const found = await hostOf(core).images.inspect(checkedReference(reference)).catch(hidden(reference));
  if (seesServer(core, caller) || (await imagesInUse(core, caller)).has(found.id)) return found;
  throw noImage(reference);
}

const noImage = (reference: string) =>
  new AppError('ResourceNotFound', `There is no image '${reference}'.`, { field: 'image_id' });

const hidden = (reference: string) => (error: unknown) => {
  throw error instanceof AppError && error.code === 'ResourceNotFound' ? noImage(reference) : error;
};

export interface CallerTransfer extends Omit<TransferOptions, 'credentials'> {
  /** What the caller sent along: it goes before what the account has stored. */
  auth?: RegistryAuth | undefined;
}

const withCredentials = (
  core: ContainersCore,
  caller: Principal,
  { auth, ...options }: CallerTransfer,
): TransferOptions => ({
  ...options,
  credentials: auth === undefined ? accountCredentials(core, caller.account) : () => Promise.resolve(auth),
});

/** Throws with the words of the registry. */
export async function pullImage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: CallerTransfer = {},
): Promise<PulledImage> {
  return hostOf(core).images.pull(reference, withCredentials(core, caller, options));
}

/** To the registry that the reference names. Throws with its words. */
export async function pushImage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: CallerTransfer = {},
): Promise<{ digest: string }> {
  await describeImage(core, caller, reference);
  requireMachine(core, caller);
  return hostOf(core).images.push(reference, withCredentials(core, caller, options));
}

/** A tar archive of the images; destroy it to end the reading. */
export async function saveImages(
  core: ContainersCore,
  caller: Principal,
  references: readonly string[],
): Promise<NodeJS.ReadableStream> {
  for (const reference of references) await describeImage(core, caller, reference);
  return hostOf(core).images.save(references);
}

/** Answers what the archive held. */
export async function loadImages(
  core: ContainersCore,
  caller: Principal,
  archive: Readable,
): Promise<string[]> {
  requireMachine(core, caller);
  return hostOf(core).images.load(archive);
}

export async function removeImage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: { force?: boolean; keepParents?: boolean },
): Promise<RemovedImage> {
  const { id } = await describeImage(core, caller, reference);
  requireMachine(core, caller);
  // By its id all its references would go; what was asked for is one of them, or the image.
  return hostOf(core).images.remove(isImageId(reference) ? id : reference, options);
}

export async function imageHistory(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<ImageLayer[]> {
  const { id } = await describeImage(core, caller, reference);
  return hostOf(core).images.history(id);
}

export async function tagImage(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  { repository, tag }: { repository: string; tag: string },
): Promise<HostImageDetails> {
  const { id } = await describeImage(core, caller, reference);
  requireMachine(core, caller);
  await hostOf(core).images.tag(id, repository, tag);
  return hostOf(core).images.inspect(id);
}

/** Throws `Forbidden` for what changes images that other accounts use. */
export function requireMachine(core: Pick<ContainersCore, 'account'>, caller: Principal): void {
  if (seesServer(core, caller)) return;
  throw new AppError(
    'Forbidden',
    `Only callers of account ${core.account} and admins of all accounts may change what all accounts share.`,
  );
}

async function imagesInUse(core: ContainersCore, caller: Principal): Promise<Set<string>> {
  const { items } = await hostOf(core).containers.list();
  return new Set(items.filter((each) => sees(core, caller, each)).map(({ imageId }) => imageId));
}

/** The name that lists show an image with: without a registry is what people typed, the other may be a mirror's. */
export const shownTag = (tags: readonly string[]): string | undefined =>
  tags.toSorted((left, right) => left.length - right.length)[0];

export const isImageId = (reference: string): boolean => /^(?:sha256:)?[0-9a-f]{12,64}$/.test(reference);

/** What no reference or id of an image holds never gets into a path of an engine. */
const form = /^[a-zA-Z0-9][a-zA-Z0-9._:@/-]{0,511}$/;

export function checkedReference(reference: string): string {
  const isWalk = reference.split('/').some((part) => part === '' || /^\.+$/.test(part));
  if (form.test(reference) && !isWalk) return reference;
  throw new AppError(
    'InvalidParameter',
    'An image is named by its id or its reference, such as nginx:1.27 or registry.example/team/app@sha256:….',
    { field: 'image_id' },
  );
}
