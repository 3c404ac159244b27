/** Images as the document writes them. */
import type { ContainerCheck, ImageCheck } from '../../core/containers/image-updates.ts';
import { shownTag } from '../../core/containers/images.ts';
import type { HostImage, HostImageDetails, ImageLayer, PulledImage } from '../../core/ports/host-images.ts';
import { timeOf } from './views.ts';

export const imageOf = (image: HostImage) => ({
  id: image.id,
  ...imageNameOf(image),
  tags: image.tags,
  digests: image.digests,
  size: image.sizeBytes,
  created_at: timeOf(image.createdAt),
  labels: image.labels,
  containers: image.containers,
});

function imageNameOf({ tags, digests }: Pick<HostImage, 'tags' | 'digests'>) {
  const { repository, tag } = repositoryAndTag(shownTag(tags));
  return { name: repository ?? digests[0]?.replace(/@.*$/, '') ?? '<none>', tag: tag ?? '<none>' };
}

export function imageDetailOf(image: HostImageDetails) {
  return {
    id: image.id,
    ...imageNameOf(image),
    tags: image.tags,
    digests: image.digests,
    size: image.sizeBytes,
    created_at: timeOf(image.createdAt),
    labels: image.labels,
    architecture: image.architecture,
    os: image.os,
    author: image.author,
    layers: image.layers,
    entrypoint: image.entrypoint,
    command: image.command,
    environment: image.environment,
    working_dir: image.workingDirectory,
    user: image.user,
    exposed_ports: image.exposedPorts,
    volumes: image.volumes,
  };
}

export const layerOf = ({ id, createdAt, createdBy, sizeBytes, comment, tags }: ImageLayer) => ({
  id: id ?? null,
  created_at: timeOf(createdAt),
  created_by: createdBy,
  size: sizeBytes,
  comment,
  tags,
});

export function repositoryAndTag(reference: string | undefined): { repository?: string; tag?: string } {
  const colon = reference?.lastIndexOf(':') ?? -1;
  if (reference === undefined) return {};
  if (colon <= reference.lastIndexOf('/')) return { repository: reference };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

export const pulledOf = (name: string, tag: string, pulled: PulledImage) => ({
  id: pulled.id,
  name,
  tag,
  digest: pulled.digest,
  size: pulled.sizeBytes,
  status: pulled.downloaded ? ('downloaded' as const) : ('up_to_date' as const),
});

export const imageCheckOf = (check: ImageCheck) => ({
  image: check.reference,
  image_id: check.imageId,
  status: check.status,
  current: check.current[0] ?? null,
  current_digests: check.current,
  latest: check.latest ?? null,
  reason: check.reason ?? null,
  message: check.message ?? null,
  checked_at: check.checkedAt === undefined ? null : timeOf(check.checkedAt),
  retry_at: check.retryAt === undefined ? null : timeOf(check.retryAt),
});

export const containerCheckOf = (check: ContainerCheck) => ({
  container_id: check.container.id,
  name: check.container.name,
  image_replaced: check.replaced,
  ...imageCheckOf(check),
});
