/** Images as the port describes them. */
import type { HostImage, HostImageDetails, ImageLayer } from '../../../core/ports/host-images.ts';
import type { ImageDetails, ImageSummary } from '../client/types.ts';
import { digestForm, timeOf } from './container-description.ts';
import { environmentOf, healthCheckOf } from './container-spec.ts';

export function describeSummary(image: ImageSummary, containers: number): HostImage {
  return {
    id: digestForm(image.Id),
    tags: named(image.RepoTags),
    digests: named(image.RepoDigests),
    createdAt: Math.max(image.Created, 0) * 1000,
    sizeBytes: image.Size,
    labels: image.Labels ?? {},
    containers,
  };
}

export function describeImage(image: ImageDetails): HostImageDetails {
  const { Config, RootFS } = image;
  return {
    id: digestForm(image.Id),
    tags: named(image.RepoTags),
    digests: named(image.RepoDigests),
    createdAt: timeOf(image.Created) ?? 0,
    sizeBytes: image.Size,
    labels: Config?.Labels ?? {},
    architecture: image.Architecture,
    os: image.Os,
    layers: RootFS?.Layers ?? [],
    author: image.Author ?? '',
    entrypoint: Config?.Entrypoint ?? [],
    command: Config?.Cmd ?? [],
    environment: environmentOf(Config?.Env),
    workingDirectory: Config?.WorkingDir ?? '',
    user: Config?.User ?? '',
    exposedPorts: Object.keys(Config?.ExposedPorts ?? {}),
    volumes: Object.keys(Config?.Volumes ?? {}),
    ...(Config?.Healthcheck?.Test?.length && { healthCheck: healthCheckOf(Config.Healthcheck) }),
    ...(Config?.StopSignal && { stopSignal: Config.StopSignal }),
  };
}

export function describeLayer(layer: {
  Id: string;
  Created: number;
  CreatedBy: string;
  Size: number;
  Comment: string;
  Tags: string[] | null;
}): ImageLayer {
  const known = /^(sha256:)?[0-9a-f]{64}$/.test(layer.Id);
  return {
    ...(known && { id: digestForm(layer.Id) }),
    createdAt: Math.max(layer.Created, 0) * 1000,
    createdBy: layer.CreatedBy,
    sizeBytes: layer.Size,
    comment: layer.Comment,
    tags: named(layer.Tags),
  };
}

/** `wanted`: with a tag or for any; `*` stands for any part. */
export function isOfReference(tag: string, wanted: string): boolean {
  const parts = familiar(wanted)
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const form = new RegExp(`^${parts.join('.*')}$`);
  return form.test(tag) || form.test(tag.replace(/:[^:/]*$/, ''));
}

/** Docker gives an image without one the name `<none>`. */
const named = (names: readonly string[] | null) =>
  (names ?? []).filter((name) => !name.startsWith('<none>')).map(familiar);

const familiar = (name: string) => name.replace(/^docker\.io\/(?:library\/)?/, '');
