/** Whether registries have other images by now than the machine, and than its containers are made of. */
import { AppError } from '../errors.ts';
import type { HostImageDetails, ImageUpdate } from '../ports/host-images.ts';
import type { PullProgress } from '../ports/image-transfer.ts';
import type { Principal } from '../principal.ts';
import { accountCredentials } from '../registries/account-credentials.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { describeImage, isImageId, listImages, shownTag } from './images.ts';
import { findContainer } from './visibility.ts';

export interface ImageCheck extends ImageUpdate {
  imageId: string;
}

export interface ContainerCheck extends ImageCheck {
  container: { id: string; name: string };
  /** The machine has another image under the reference by now: a container made anew would be made of that. */
  replaced: boolean;
}

export interface CheckOptions {
  /** Asks again, though what was said is not old. */
  refresh?: boolean | undefined;
}

/** An image named by its id is asked for under the name that lists show it with. */
export async function checkImageUpdate(
  core: ContainersCore,
  caller: Principal,
  image: string,
  options: CheckOptions = {},
): Promise<ImageCheck> {
  const details = await describeImage(core, caller, image);
  const reference = isImageId(image) ? shownTag(details.tags) : image;
  return checkDetails(core, caller, { details, reference }, options);
}

export async function checkContainerUpdate(
  core: ContainersCore,
  caller: Principal,
  container: string,
  options: CheckOptions = {},
): Promise<ContainerCheck> {
  const { id, name, imageId, image } = await findContainer(core, caller, container);
  const { images } = hostOf(core);
  const details = await images.inspect(imageId);
  const reference = isImageId(image) ? shownTag(details.tags) : image;
  const named = reference === undefined ? undefined : await images.inspect(reference).catch(absent);
  // Without a name on the machine there is nothing to ask for, unless the image itself still has one.
  const asked = named === undefined ? shownTag(details.tags) : reference;
  return {
    ...(await checkDetails(core, caller, { details, reference: asked }, options)),
    container: { id, name },
    replaced: named !== undefined && named.id !== imageId,
  };
}

export interface ManyOptions extends CheckOptions {
  /** Absent: every name of every image that the caller sees. */
  images?: readonly string[] | undefined;
  onProgress?: (progress: PullProgress) => void;
  signal?: AbortSignal;
}

/** In the order of `images`. What is gone by the time it is its turn is left out. */
export async function checkImageUpdates(
  core: ContainersCore,
  caller: Principal,
  { images, onProgress, signal, refresh }: ManyOptions,
): Promise<ImageCheck[]> {
  const asked = images ?? (await allNames(core, caller));
  if (images !== undefined) for (const image of images) await describeImage(core, caller, image);
  const found: (ImageCheck | undefined)[] = [];
  const waiting = asked.entries();
  let done = 0;
  const work = async () => {
    for (const [index, image] of waiting) {
      signal?.throwIfAborted();
      found[index] = await checkImageUpdate(core, caller, image, { refresh }).catch(absent);
      onProgress?.({ status: `${++done} of ${asked.length} checked` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found.filter((each) => each !== undefined);
}

/** By one request; all requests together are bounded by `core.checks`. */
const atOnce = 4;

async function allNames(core: ContainersCore, caller: Principal): Promise<string[]> {
  const { items } = await listImages(core, caller, {});
  return items.flatMap(({ id, tags }) => (tags.length > 0 ? tags : [id]));
}

async function checkDetails(
  core: ContainersCore,
  caller: Principal,
  { details, reference }: { details: HostImageDetails; reference: string | undefined },
  { refresh = false }: CheckOptions,
): Promise<ImageCheck> {
  const { id: imageId } = details;
  if (reference === undefined) return { imageId, reference: imageId, current: [], ...withoutName };
  const credentials = accountCredentials(core, caller.account);
  const { images } = hostOf(core);
  const update = await core.checks.run(() =>
    images.checkUpdate(reference, { image: imageId, credentials, refresh }),
  );
  return { imageId, ...update };
}

const withoutName = {
  status: 'not_checkable',
  reason: 'local',
  message: 'The image has no name by which a registry could be asked for it.',
} as const;

function absent(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'ResourceNotFound') return undefined;
  throw error;
}
