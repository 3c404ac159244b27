/**
 * Removes images and never a container: Podman would take the containers of a forced image with it. By id every tag
 * goes, one after the other, the last with the image.
 */
import { AppError, EngineError } from '../../../core/errors.ts';
import type { RemovedImage } from '../../../core/ports/host-images.ts';
import { imagePath } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerSummary, ImageDetails } from '../client/types.ts';
import { digestForm, plainName } from './container-description.ts';

export interface ImageToRemove {
  /** As the engine has it. */
  asked: string;
  byId: boolean;
  details: ImageDetails;
}

export async function removeImage(
  client: DockerClient,
  { asked, byId, details }: ImageToRemove,
  { force, keepParents }: { force: boolean; keepParents: boolean },
): Promise<RemovedImage> {
  const id = digestForm(details.Id);
  const tags = (details.RepoTags ?? []).filter((tag) => !tag.startsWith('<none>'));
  const wholly = byId || tags.length < 2;
  const users = wholly
    ? (await client.listContainers({})).filter(({ ImageID }) => digestForm(ImageID) === id)
    : [];
  if (users.length > 0) refuseUsed(asked, users, force);
  if (users.length > 0 && client.quirks.forceRemovesContainers) {
    const message =
      'Podman cannot take the name of an image away while containers are made of it; remove them first';
    throw new EngineError('UnsupportedByEngine', message);
  }
  const query = { force: users.length > 0 ? '1' : undefined, noprune: keepParents ? '1' : undefined };
  const names = byId && tags.length > 0 ? tags : [byId ? id : asked];
  const removed: RemovedImage = { untagged: [], deleted: [] };
  const removeName = async (name: string) => {
    const path = `/images/${imagePath(name)}`;
    const answer = await client.connection.json<Removal[]>('DELETE', path, { query });
    for (const { Untagged, Deleted } of answer) {
      if (Untagged !== undefined) removed.untagged.push(shownName(Untagged, client));
      if (Deleted !== undefined) removed.deleted.push(digestForm(Deleted));
    }
  };
  for (const name of names) await removeName(name);
  // What came by way of a mirror is also known by its digest there, which would keep it without a name.
  const isKept = wholly && users.length === 0 && !removed.deleted.includes(id);
  if (isKept && (await client.inspectImage(id))) await removeName(id);
  return removed;
}

/** Podman writes out what people leave out. */
const shownName = (name: string, { quirks }: DockerClient): string =>
  quirks.qualifiesNames ? name.replace(/^docker\.io\/(library\/)?/, '') : name;

/** Of Docker's answer. */
interface Removal {
  Untagged?: string;
  Deleted?: string;
}

const mostNamed = 5;

function refuseUsed(image: string, users: readonly ContainerSummary[], force: boolean): void {
  const running = users.filter(({ State }) => State === 'running' || State === 'paused');
  if (force && running.length === 0) return;
  const names = users.slice(0, mostNamed).map(({ Names, Id }) => `'${plainName(Names[0] ?? Id)}'`);
  const more = users.length > mostNamed ? ` and ${users.length - mostNamed} more` : '';
  throw new AppError('ResourceInUse', `Image '${image}' is used by container ${names.join(', ')}${more}.`);
}
