/** Images one by one. Errors, names and units: container-host.ts. */
import type { HealthCheck } from './host-container-spec.ts';
import type { Readable } from 'node:stream';
import type { Page, PageQuery } from './page.ts';
import type { CredentialSource, PullProgress, RegistryAuth } from './image-transfer.ts';

export interface HostImages {
  /** The newest first. Without the layers that other images are made of. */
  list(query?: ImageQuery): Promise<Page<HostImage>>;
  inspect(image: string): Promise<HostImageDetails>;
  /**
   * The registry's own image of the reference, by way of the mirrors for Docker Hub. Unlike `ensureImage` it fails where
   * the registry cannot be asked. `ResourceNotFound`, `AccessDenied` and `Throttled` are the registry's words.
   */
  pull(reference: string, options?: TransferOptions): Promise<PulledImage>;
  /**
   * Whether the registry, or a mirror for Docker Hub, has another image by now under this reference than the machine
   * has. Fetches none. What a registry said is remembered for some minutes. Why it cannot be told is in the answer;
   * throws only for an image that the machine does not have, and for a reference that is none.
   */
  checkUpdate(reference: string, options?: UpdateOptions): Promise<ImageUpdate>;
  /** Whether a registry takes these credentials. `registry`: as references call it. */
  checkRegistry(registry: string, auth: RegistryAuth, signal?: AbortSignal): Promise<RegistryCheck>;
  /** To the registry that the reference names. */
  push(reference: string, options?: TransferOptions): Promise<{ digest: string }>;
  /** `repository`: name without a tag, with the registry where it is not Docker Hub. */
  tag(image: string, repository: string, tag: string): Promise<void>;
  /**
   * A reference takes that tag away, and the image with its last one; an id takes all. `ResourceInUse` while a
   * container is made of it; with `force` only while one of those runs.
   */
  remove(image: string, options?: { force?: boolean; keepParents?: boolean }): Promise<RemovedImage>;
  /** The newest first. */
  history(image: string): Promise<ImageLayer[]>;
  /** A tar archive of `docker save`, plain or with gzip. Answers the references, or ids, of what it held. */
  load(archive: Readable): Promise<string[]>;
  /** A tar archive. Destroy it to end the reading. */
  save(images: readonly string[]): Promise<NodeJS.ReadableStream>;
}

export interface ImageQuery extends PageQuery {
  /** Only those without a tag, or only those with one. */
  dangling?: boolean;
  /** A reference, with or without a tag; `*` stands for any part of a name. */
  reference?: string;
  /** A part of a tag or of the id. */
  search?: string;
  labels?: readonly string[];
}

export interface HostImage {
  /** `sha256:…` */
  id: string;
  /** `name:tag`, as Docker shows them: without `docker.io/library/`. */
  tags: string[];
  /** `name@sha256:…` */
  digests: string[];
  createdAt: number;
  sizeBytes: number;
  labels: Record<string, string>;
  /** How many containers are made of it, running or not. */
  containers: number;
}

export interface HostImageDetails extends Omit<HostImage, 'containers'> {
  architecture: string;
  os: string;
  layers: string[];
  author: string;
  entrypoint: string[];
  command: string[];
  environment: Record<string, string>;
  workingDirectory: string;
  user: string;
  /** `80/tcp` */
  exposedPorts: string[];
  /** Paths that get a volume of their own. */
  volumes: string[];
  healthCheck?: HealthCheck;
  stopSignal?: string;
}

export interface TransferOptions {
  /** Where it has none: what Docker's config.json of the server knows of the registry. */
  credentials?: CredentialSource;
  onProgress?: (progress: PullProgress) => void;
  /** Ends the transfer, once nobody else waits for the same. */
  signal?: AbortSignal;
}

export interface PulledImage {
  id: string;
  /** Of its manifest. */
  digest: string;
  sizeBytes: number;
  /** False where the machine had it already. */
  downloaded: boolean;
}

export interface UpdateOptions extends Pick<TransferOptions, 'credentials'> {
  /** The image to compare, by id. Absent: what the machine has under the reference. */
  image?: string;
  /** Asks again, though what was said is not old. A registry that asked to be left alone still is. */
  refresh?: boolean;
}

export interface ImageUpdate {
  reference: string;
  status: 'up_to_date' | 'update_available' | 'not_checkable';
  /** Digests that the machine has the image under by this name. */
  current: string[];
  /** What the registry has: a manifest's digest, or an index's. */
  latest?: string;
  /** Of `not_checkable`. */
  reason?:
    'local' | 'pinned' | 'missing' | 'refused' | 'throttled' | 'unreachable' | 'no_variant' | 'unreadable';
  /** In words, where there is a reason. */
  message?: string;
  /** When the registry was asked: epoch ms. */
  checkedAt?: number;
  /** Before this the registry is not asked again: epoch ms. */
  retryAt?: number;
}

export interface RegistryCheck {
  /** `open`: it answers without credentials, so that they could not be tried. */
  status: 'ok' | 'open' | 'refused' | 'throttled' | 'unreachable';
  message: string;
}

export interface RemovedImage {
  untagged: string[];
  /** Ids of images and layers that are gone. */
  deleted: string[];
}

export interface ImageLayer {
  /** Absent where the engine does not have it as an image. */
  id?: string;
  createdAt: number;
  createdBy: string;
  sizeBytes: number;
  comment: string;
  tags: string[];
}
