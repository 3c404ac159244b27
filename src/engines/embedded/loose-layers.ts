/**
 * Layers of images that never came to their end. Podman keeps those that came whole for the next attempt and has no
 * call that takes them away. So it is given an image of just these, which it makes of what it has, and whose removal
 * takes them along. Formats: containers/storage (layers.json, images.json), `docker save` (manifest.json).
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { imagePath } from '../docker/client/connection.ts';
import type { DockerClient } from '../docker/client/docker-client.ts';
import { tarOf } from '../docker/tar.ts';

interface Layer {
  id: string;
  parent?: string;
  /** Of its content. What a container writes has none. */
  'diff-digest'?: string;
}

interface Image {
  layer?: string;
  'mapped-layers'?: string[];
}

export interface Storage {
  graphRoot: string;
  driver: string;
}

/** Only while nothing pulls or loads images: what those have brought so far is of no image yet. Answers how many. */
export async function removeLooseLayers(client: DockerClient, storage: Storage): Promise<number> {
  const [layers, images] = await Promise.all([
    read<Layer>(storage, 'layers'),
    read<Image>(storage, 'images'),
  ]);
  const chains = looseChains(layers, images);
  for (const chain of chains) await removeChain(client, chain);
  return chains.length;
}

async function read<T>({ graphRoot, driver }: Storage, what: 'layers' | 'images'): Promise<T[]> {
  try {
    return JSON.parse(await readFile(join(graphRoot, `${driver}-${what}`, `${what}.json`), 'utf8')) as T[];
  } catch (error) {
    // Of a storage that has had none.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Digests of layers that no image is made of, each with all below it, the lowest first. */
export function looseChains(layers: readonly Layer[], images: readonly Image[]): string[][] {
  const known = new Map(layers.map((layer) => [layer.id, layer]));
  const downFrom = (top: string | undefined): Layer[] => {
    const chain: Layer[] = [];
    for (let at = known.get(top ?? ''); at; at = known.get(at.parent ?? '')) chain.push(at);
    return chain;
  };
  const tops = images.flatMap(({ layer, 'mapped-layers': mapped = [] }) => [layer, ...mapped]);
  const used = new Set(tops.flatMap(downFrom));
  const loose = layers.filter((layer) => layer['diff-digest'] !== undefined && !used.has(layer));
  const parents = new Set(loose.map(({ parent }) => parent));
  return loose
    .filter(({ id }) => !parents.has(id))
    .map(({ id }) => downFrom(id).map((layer) => layer['diff-digest'] ?? ''))
    .filter((chain) => !chain.includes(''))
    .map((chain) => chain.reverse());
}

async function removeChain(client: DockerClient, digests: readonly string[]): Promise<void> {
  const key = createHash('sha256').update(digests.join()).digest('hex').slice(0, 16);
  const name = `localhost/longshore-loose-layers:${key}`;
  const { connection } = client;
  await connection.call('POST', '/images/load', {
    headers: { 'content-type': 'application/x-tar' },
    body: Readable.from([archiveOf(name, digests)]),
  });
  await connection.call('DELETE', `/images/${imagePath(name)}`);
}

/** Its layers are empty files: those that the storage has are not read. */
function archiveOf(name: string, digests: readonly string[]): Buffer {
  const config = { architecture: '', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: digests } };
  const files = digests.map((_, index) => `${index}.tar`);
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: files }];
  return tarOf({
    'config.json': Buffer.from(JSON.stringify(config)),
    ...Object.fromEntries(files.map((file) => [file, Buffer.alloc(1024)])),
    'manifest.json': Buffer.from(JSON.stringify(manifest)),
  });
}
