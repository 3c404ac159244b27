/** Images one by one, over the Docker API. Which image a registry has is asked by ImageSource. */
import type { Readable } from 'node:stream';
import type {
  HostImage,
  HostImageDetails,
  HostImages,
  ImageLayer,
  ImageQuery,
  ImageUpdate,
  PulledImage,
  RemovedImage,
  RegistryCheck,
  TransferOptions,
  UpdateOptions,
} from '../../../core/ports/host-images.ts';
import type { RegistryAuth } from '../../../core/ports/image-transfer.ts';
import type { Page } from '../../../core/ports/page.ts';
import { imagePath } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ImageDetails, ImageSummary, PullMessage } from '../client/types.ts';
import { progressOf, type ImageSource } from '../images/image-source.ts';
import { isHolderImage } from '../sandbox/holder-image.ts';
import type { ImageUpdates } from '../images/image-updates.ts';
import { nameOf, parseReference } from '../images/reference.ts';
import type { RegistryLookup } from '../images/registry-lookup.ts';
import { digestForm } from './container-description.ts';
import { bears, includesText, pageOf, compareText } from './container-list.ts';
import { asHostCall, notFound } from './errors.ts';
import { gunzipped, loadError } from './image-archive.ts';
import { describeImage, describeLayer, describeSummary, isOfReference } from './image-description.ts';
import { imageName, namesImageId, registryError } from './image-names.ts';
import { removeImage } from './image-removal.ts';

const digestWord = /digest: (sha256:[0-9a-f]{64})/;

export interface DockerImagesParts {
  client: DockerClient;
  source: ImageSource;
  updates: ImageUpdates;
  lookup: RegistryLookup;
}

export class DockerImages implements HostImages {
  readonly #client: DockerClient;
  readonly #source: ImageSource;
  readonly #updates: ImageUpdates;
  readonly #lookup: RegistryLookup;

  constructor({ client, source, updates, lookup }: DockerImagesParts) {
    this.#client = client;
    this.#source = source;
    this.#updates = updates;
    this.#lookup = lookup;
  }

  async list(query: ImageQuery = {}): Promise<Page<HostImage>> {
    const found = (await this.#all())
      .filter((image) => matches(image, query))
      .sort((left, right) => right.createdAt - left.createdAt || compareText(left.id, right.id));
    return pageOf(found, query);
  }

  async inspect(image: string): Promise<HostImageDetails> {
    return describeImage(await this.#find(image));
  }

  async pull(reference: string, options: TransferOptions = {}): Promise<PulledImage> {
    try {
      const { digest, sizeBytes, pulled } = await this.#source.ensure(reference, { ...options, fresh: true });
      const { id } = await this.#source.ready(reference);
      return { id, digest, sizeBytes, downloaded: pulled };
    } catch (error) {
      throw registryError(error);
    }
  }

  async checkUpdate(reference: string, options: UpdateOptions = {}): Promise<ImageUpdate> {
    const name = imageName(this.#parse(reference), this.#client.quirks);
    const { image } = options;
    const named = await asHostCall(() => this.#client.inspectImage(name));
    const local = image === undefined ? named : await this.#find(image);
    if (!local) throw notFound('image', reference);
    return this.#updates.check(reference, local, named, options);
  }

  checkRegistry(registry: string, auth: RegistryAuth, signal?: AbortSignal): Promise<RegistryCheck> {
    return this.#lookup.check(registry, auth, signal);
  }

  async push(
    reference: string,
    { credentials, onProgress, signal }: TransferOptions = {},
  ): Promise<{ digest: string }> {
    await this.#find(reference);
    const parsed = parseReference(reference);
    const headers = { 'x-registry-auth': await this.#source.authorization(parsed, credentials) };
    const name = imageName({ ...parsed, digest: undefined }, this.#client.quirks).replace(/:[^:/]*$/, '');
    let digest = '';
    const take = (message: PullMessage) => {
      digest = message.aux?.Digest ?? digestWord.exec(message.status ?? '')?.[1] ?? digest;
      if (message.status !== undefined) onProgress?.(progressOf(message));
    };
    await asHostCall(async () => {
      const call = { query: { tag: parsed.tag }, headers, signal, timeoutMs: 0 };
      const answer = await this.#client.connection.stream('POST', `/images/${imagePath(name)}/push`, call);
      await this.#client.progress(answer, take);
    });
    return { digest };
  }

  async tag(image: string, repository: string, tag: string): Promise<void> {
    const { Id } = await this.#find(image);
    const parsed = this.#parse(`${repository}:${tag}`);
    const name = this.#client.quirks.qualifiesNames ? nameOf(parsed) : repository;
    await asHostCall(() => this.#client.tagImage(digestForm(Id), name, tag));
  }

  async remove(image: string, { force = false, keepParents = false } = {}): Promise<RemovedImage> {
    const details = await this.#find(image);
    const removed = await asHostCall(() =>
      removeImage(
        this.#client,
        { asked: this.#name(image), byId: namesImageId(image), details },
        { force, keepParents },
      ),
    );
    this.#source.forget(image);
    return removed;
  }

  async history(image: string): Promise<ImageLayer[]> {
    const { Id } = await this.#find(image);
    return asHostCall(async () => {
      const layers = await this.#client.connection.json<Parameters<typeof describeLayer>[0][]>(
        'GET',
        `/images/${imagePath(digestForm(Id))}/history`,
      );
      return layers.map(describeLayer);
    });
  }

  async load(archive: Readable): Promise<string[]> {
    const loaded: string[] = [];
    const take = ({ stream = '' }: PullMessage) => {
      const names = /Loaded image(?: ID)?: (.*)/.exec(stream)?.[1] ?? '';
      loaded.push(
        ...names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
      );
    };
    const headers = { 'content-type': 'application/x-tar' };
    try {
      const body = this.#client.quirks.unpacksArchives ? archive : await gunzipped(archive);
      const call = { query: { quiet: '0' }, headers, body, timeoutMs: 0 };
      const work = async () =>
        this.#client.progress(await this.#client.connection.stream('POST', '/images/load', call), take);
      await this.#source.turns.take(work);
    } catch (error) {
      throw loadError(error);
    }
    return loaded;
  }

  async save(images: readonly string[]): Promise<NodeJS.ReadableStream> {
    for (const image of images) await this.#find(image);
    const names = images.map((image) => `names=${encodeURIComponent(this.#name(image))}`).join('&');
    return asHostCall(() => this.#client.connection.stream('GET', `/images/get?${names}`, { timeoutMs: 0 }));
  }

  async #all(): Promise<HostImage[]> {
    const [images, containers] = await asHostCall(() =>
      Promise.all([
        this.#client.connection.json<ImageSummary[]>('GET', '/images/json'),
        this.#client.listContainers({}),
      ]),
    );
    const counts = new Map<string, number>();
    for (const { ImageID } of containers) {
      const id = digestForm(ImageID);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return images
      .filter(({ RepoTags }) => !isHolderImage(RepoTags))
      .map((image) => describeSummary(image, counts.get(digestForm(image.Id)) ?? 0));
  }

  async #find(image: string): Promise<ImageDetails> {
    const details = await asHostCall(() => this.#client.inspectImage(this.#name(image)));
    if (!details || isHolderImage(details.RepoTags)) throw notFound('image', image);
    return details;
  }

  /** As the engine has it. */
  #name(image: string): string {
    return namesImageId(image) ? image : imageName(this.#parse(image), this.#client.quirks);
  }

  #parse(reference: string) {
    try {
      return parseReference(reference);
    } catch (error) {
      throw registryError(error);
    }
  }
}

function matches(image: HostImage, { dangling, reference, search, labels }: ImageQuery): boolean {
  const { tags, id } = image;
  return (
    (dangling === undefined || (tags.length === 0) === dangling) &&
    (reference === undefined || tags.some((tag) => isOfReference(tag, reference))) &&
    (search === undefined || [id, ...tags].some((text) => includesText(text, search))) &&
    bears(image.labels, labels)
  );
}
