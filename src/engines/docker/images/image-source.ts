/**
 * Images as ECS has them: every start asks the registry whether the tag names another manifest by now; where the
 * registry cannot be reached, what is there serves. One HEAD request in place of the engine's pull, which takes far
 * longer to find out that nothing changed.
 */
import { EngineError } from '../../../core/errors.ts';
import type { ImageInfo } from '../../../core/ports/engine.ts';
import type { CredentialSource, PullProgress } from '../../../core/ports/image-transfer.ts';
import type { DockerClient } from '../client/docker-client.ts';
import { DockerApiError } from '../client/connection.ts';
import type { ImageDetails, PullMessage } from '../client/types.ts';
import { hinted } from '../start-errors.ts';
import type { RegistryCredentials } from './credentials.ts';
import { ImageTurns } from './image-turns.ts';
import { familiarName, hub, nameOf, parseReference, type ImageReference } from './reference.ts';
import type { RegistryLookup } from './registry-lookup.ts';

export interface ImageSourceLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface ImageSourceOptions {
  client: DockerClient;
  /** Of the machine, as images call it: amd64, arm64. */
  architecture: string;
  lookup: RegistryLookup;
  /** Takes away what a pull or load that failed has left. Called only while none runs; it never rejects. */
  tidy?: () => Promise<void>;
  log: ImageSourceLog;
}

export interface EnsureOptions {
  credentials?: CredentialSource;
  onProgress?: (progress: PullProgress) => void;
  signal?: AbortSignal;
  /** Fails where the registry gives none, instead of using what is here. */
  fresh?: boolean;
}

export interface ReadyImage {
  id: string;
  digest: string;
}

interface KnownImage extends ReadyImage {
  /** Every manifest digest that the engine has it under. */
  digests: string[];
  sizeBytes: number;
  /** When the engine, or the registry, was last seen to agree: epoch ms. */
  at: number;
}

/** What is shown to the registry, by now. */
type Asking = Omit<EnsureOptions, 'credentials'> & { credentials: RegistryCredentials | undefined };

/** One question for an image, and the callers that wait for its answer. */
interface Running {
  answer: Promise<ImageInfo>;
  waiting: number;
  stop: AbortController;
}

/** How long a look at an image the engine has is trusted when a task starts right after `ensure`. */
const trustedMs = 60_000;
const maxKnown = 1000;

export class ImageSource {
  readonly #options: ImageSourceOptions;
  /** Whatever brings images to the engine takes one. */
  readonly turns: ImageTurns;
  readonly #running = new Map<string, Running>();
  /** The longest unused first. */
  readonly #known = new Map<string, KnownImage>();

  constructor(options: ImageSourceOptions) {
    this.#options = options;
    this.turns = new ImageTurns(options.tidy ?? (() => Promise.resolve()));
  }

  /** Throws CannotPullContainerError, EngineUnavailable. Calls for one reference and one user share one answer. */
  async ensure(reference: string, options: EnsureOptions = {}): Promise<ImageInfo> {
    options.signal?.throwIfAborted();
    const parsed = parseReference(reference);
    const credentials = await this.#options.lookup.credentials(parsed, options.credentials);
    options.signal?.throwIfAborted();
    const key = JSON.stringify([reference, options.fresh ?? false, credentials]);
    const running = this.#running.get(key) ?? this.#begin(key, reference, { ...options, credentials });
    running.waiting++;
    try {
      return await abortable(running.answer, options.signal);
    } finally {
      // One caller's signal does not end what others wait for; what nobody waits for ends.
      if (--running.waiting === 0) this.#end(key, running);
    }
  }

  #begin(key: string, reference: string, options: Asking): Running {
    const stop = new AbortController();
    const answer = this.#ensure(reference, { ...options, signal: stop.signal });
    const running = { answer, waiting: 0, stop };
    this.#running.set(key, running);
    return running;
  }

  #end(key: string, running: Running): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
    running.stop.abort();
  }

  /** The image that a container is made from: the one `ensure` found, else what the engine has. */
  async ready(reference: string): Promise<ReadyImage> {
    const known = this.#known.get(reference);
    if (known && Date.now() - known.at < trustedMs) return known;
    const parsed = parseReference(reference);
    const local = await this.#local(parsed);
    if (!local) {
      throw new EngineError('CannotPullContainerError', `image ${reference} is not on this machine`);
    }
    this.#checkArchitecture(reference, local);
    return this.#note(reference, parsed, local);
  }

  /** What a push shows to the registry of `reference`, as a header's value. */
  async authorization(reference: ImageReference, source: CredentialSource | undefined): Promise<string> {
    const header = authHeader(reference.registry, await this.#options.lookup.credentials(reference, source));
    // An engine refuses a push without any.
    return header ?? encoded({});
  }

  forget(reference: string): void {
    this.#known.delete(reference);
  }

  close(): void {
    for (const [key, running] of this.#running) this.#end(key, running);
    this.#options.lookup.close();
  }

  async #ensure(reference: string, options: Asking): Promise<ImageInfo> {
    const parsed = parseReference(reference);
    if (parsed.digest !== undefined) {
      const local = await this.#local(parsed);
      return local ? this.#info(reference, parsed, local, false) : this.#fetch(reference, parsed, options);
    }
    const asked = this.#options.lookup
      .digest(parsed, options.credentials, options.signal)
      .then(({ answer }) => answer);
    const known = this.#known.get(reference);
    if (known) {
      const answer = await asked;
      // The engine need not be asked: should it have lost the image, making a container of it says so.
      if (answer.kind === 'digest' && known.digests.includes(answer.digest)) {
        this.#remember(reference, { ...known, at: Date.now() });
        return { digest: known.digest, sizeBytes: known.sizeBytes, pulled: false };
      }
    }
    const [local, answer] = await Promise.all([this.#local(parsed), asked]);
    if (local && answer.kind === 'digest' && digestsOf(parsed, local).includes(answer.digest)) {
      return this.#info(reference, parsed, local, false);
    }
    if (options.fresh && answer.kind !== 'digest' && answer.kind !== 'missing') {
      throw cannotPull(reference, answer.reason);
    }
    if (local && !options.fresh && answer.kind !== 'digest') {
      return this.#cached(reference, parsed, local, answer.kind === 'missing' ? gone : answer.reason);
    }
    if (answer.kind === 'missing')
      throw cannotPull(reference, 'not found in its registry; check its name and tag');
    return this.#fetch(reference, parsed, options).catch((error: unknown) => {
      const refused = error instanceof EngineError && error.code === 'CannotPullContainerError';
      if (!local || !refused || options.fresh) throw error;
      return this.#cached(reference, parsed, local, error.message);
    });
  }

  #cached(reference: string, parsed: ImageReference, local: ImageDetails, reason: string): ImageInfo {
    this.#options.log.warn(
      { image: reference, reason },
      'Using the image this machine has, as its registry gave no newer one',
    );
    return this.#info(reference, parsed, local, false);
  }

  #fetch(reference: string, parsed: ImageReference, options: Asking): Promise<ImageInfo> {
    return this.turns.take(() => this.#pull(reference, parsed, options));
  }

  async #pull(reference: string, parsed: ImageReference, options: Asking): Promise<ImageInfo> {
    const { client, lookup } = this.#options;
    const { credentials } = options;
    const report = (message: PullMessage) => options.onProgress?.(progressOf(message));
    let pulled = false;
    for (const mirror of lookup.mirrorsOf(parsed)) {
      pulled ||= await this.#pullFromMirror(mirror, parsed, report, options.signal).catch(
        (error: unknown) => {
          this.#options.log.info(
            { mirror, reason: (error as Error).message },
            'The mirror did not give the image',
          );
          return false;
        },
      );
    }
    if (!pulled) {
      const name = client.quirks.qualifiesNames ? nameOf(parsed) : familiarName(parsed);
      const tag = parsed.digest ?? parsed.tag;
      await client
        .pullImage(
          { name, tag, auth: authHeader(parsed.registry, credentials), signal: options.signal },
          report,
        )
        .catch((error: unknown) => {
          throw error instanceof DockerApiError ? cannotPull(reference, pullReason(error, parsed)) : error;
        });
    }
    const local = await this.#local(parsed);
    if (!local) throw cannotPull(reference, 'the engine pulled it but does not have it under that name');
    return this.#info(reference, parsed, local, true);
  }

  async #pullFromMirror(
    mirror: string,
    parsed: ImageReference,
    report: (message: PullMessage) => void,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { client, lookup } = this.#options;
    const answer = await lookup.mirrored(parsed, mirror, signal);
    if (answer.kind !== 'digest') return false;
    const name = `${new URL(mirror).host}/${parsed.repository}`;
    // By its digest: a pulled tag would stay in the list of images under the mirror's name.
    await client.pullImage({ name, tag: answer.digest, signal }, report);
    const source = `${name}@${answer.digest}`;
    const repo = client.quirks.qualifiesNames ? nameOf(parsed) : familiarName(parsed);
    await client.tagImage(source, repo, parsed.tag);
    return true;
  }

  async #local(parsed: ImageReference): Promise<ImageDetails | undefined> {
    const { client } = this.#options;
    const name = client.quirks.qualifiesNames ? nameOf(parsed) : familiarName(parsed);
    return client.inspectImage(
      parsed.digest === undefined ? `${name}:${parsed.tag}` : `${name}@${parsed.digest}`,
    );
  }

  #info(reference: string, parsed: ImageReference, local: ImageDetails, pulled: boolean): ImageInfo {
    this.#checkArchitecture(reference, local);
    const { digest } = this.#note(reference, parsed, local);
    return { digest, sizeBytes: local.Size, pulled };
  }

  #note(reference: string, parsed: ImageReference, local: ImageDetails): ReadyImage {
    const id = local.Id.startsWith('sha256:') ? local.Id : `sha256:${local.Id}`;
    const digests = digestsOf(parsed, local);
    const digest = parsed.digest ?? digests[0] ?? id;
    const known = { id, digest, digests, sizeBytes: local.Size, at: Date.now() };
    this.#remember(reference, known);
    return known;
  }

  #remember(reference: string, known: KnownImage): void {
    this.#known.delete(reference);
    this.#known.set(reference, known);
    if (this.#known.size <= maxKnown) return;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest!);
  }

  /** Left alone, the program would fail to start with nothing but "exec format error". */
  #checkArchitecture(reference: string, { Architecture, Os }: ImageDetails): void {
    const machine = this.#options.architecture;
    const runs =
      Architecture === '' || Architecture === machine || (machine === 'amd64' && Architecture === '386');
    if (runs && (Os === '' || Os === 'linux')) return;
    const made = `${Os}/${Architecture}`;
    throw cannotPull(
      reference,
      `it is made for ${made} and this machine is linux/${machine}; use an image with a linux/${machine} variant`,
    );
  }
}

function digestsOf(reference: ImageReference, { RepoDigests }: ImageDetails): string[] {
  const names = new Set([nameOf(reference), familiarName(reference)]);
  const split = (RepoDigests ?? []).map((entry) => entry.split('@') as [string, string]);
  const own = split.filter(([name]) => names.has(name));
  // An image that came from a mirror is known by the mirror's name.
  return (own.length > 0 ? own : split).map(([, digest]) => digest);
}

const gone = 'the registry has it no longer';

const cannotPull = (reference: string, reason: string) =>
  new EngineError('CannotPullContainerError', `cannot pull ${reference}: ${hinted(reason)}`);

function pullReason({ message }: DockerApiError, { registry }: ImageReference): string {
  const text = message.replace(/^Error response from daemon: /, '').trim();
  if (/unauthorized|authentication required|no basic auth|denied|access forbidden/i.test(text)) {
    return `${registry} refused it; log in with "docker login ${registry}" or check the name (${text})`;
  }
  if (/manifest unknown|not found|name unknown|no such image/i.test(text)) {
    return `not found in its registry; check its name, tag or digest (${text})`;
  }
  if (
    /connection refused|no such host|timeout|timed out|network is unreachable|no route|server misbehaving/i.test(
      text,
    )
  ) {
    return `${registry} cannot be reached (${text})`;
  }
  if (/no matching manifest|no image found in (?:manifest list|image index)/i.test(text)) {
    return `it has no variant for this machine's architecture (${text})`;
  }
  if (/server gave HTTP response to HTTPS client/i.test(text)) {
    return `${registry} speaks plain HTTP; make it an insecure registry of the engine (${text})`;
  }
  return text;
}

/** Base64url JSON, as the Docker Engine API has it in "Authentication". */
function authHeader(registry: string, credentials: RegistryCredentials | undefined): string | undefined {
  if (!credentials) return undefined;
  const serveraddress = registry === hub ? 'https://index.docker.io/v1/' : registry;
  const content =
    'identityToken' in credentials
      ? { identitytoken: credentials.identityToken, serveraddress }
      : { ...credentials, serveraddress };
  return encoded(content);
}

/** With its padding, without which Podman reads no further than it must. */
const encoded = (content: object): string =>
  Buffer.from(JSON.stringify(content)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

export function progressOf({ status = '', id, progressDetail }: PullMessage): PullProgress {
  const { current, total } = progressDetail ?? {};
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const amount = current === undefined || !total ? '' : ` ${megabytes(current)} of ${megabytes(total)} MB`;
  return { status: `${status}${amount}`, layer: id, currentBytes: current, totalBytes: total };
}

function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
