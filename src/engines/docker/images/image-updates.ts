/**
 * Whether a registry has another image by now under a reference than the machine has. Engines record what they pulled
 * differently: Docker the digest of the index, Podman that of the image's own manifest too. So an image is also the
 * registry's where a manifest of its platform, or the configuration in it, is the same; and only what differs in all
 * of these is an update. What cannot be told is told as such.
 */
import { createHash } from 'node:crypto';
import type { CredentialSource } from '../../../core/ports/image-transfer.ts';
import type { ImageUpdate, UpdateOptions } from '../../../core/ports/host-images.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ImageDetails } from '../client/types.ts';
import type { RegistryCredentials } from './credentials.ts';
import { manifestsFor, type Platform } from './manifest.ts';
import { familiarName, nameOf, parseReference, type ImageReference } from './reference.ts';
import type { Asked, RegistryLookup } from './registry-lookup.ts';
import type { Refused } from './registry.ts';

export interface ImageUpdatesOptions {
  client: DockerClient;
  lookup: RegistryLookup;
  /** Of the machine, as images call it. */
  architecture: string;
}

interface Answer extends Asked {
  credentials: RegistryCredentials | undefined;
  /** Epoch ms. */
  at: number;
  until: number;
}

type Reason = NonNullable<ImageUpdate['reason']>;

/** How long an answer is believed, and a refusal. */
const answerMs = 10 * 60_000;
const refusalMs = 60_000;
/** For all that is asked about one image. */
const patienceMs = 30_000;
const mostKept = 2000;
/** Manifests of one platform that are looked into. */
const mostLookedInto = 8;

export class ImageUpdates {
  readonly #options: ImageUpdatesOptions;
  /** The longest unused first. */
  readonly #answers = new Map<string, Promise<Answer>>();
  /** Configurations by the digest of their manifest, which never change. */
  readonly #configs = new Map<string, string>();

  constructor(options: ImageUpdatesOptions) {
    this.#options = options;
  }

  /** `local`: what is compared. `named`: what the machine has under the reference, if it is not the same. */
  async check(
    reference: string,
    local: ImageDetails,
    named: ImageDetails | undefined,
    { credentials: source, refresh = false }: UpdateOptions,
  ): Promise<ImageUpdate> {
    const parsed = parseReference(reference);
    const current = ownDigests(parsed, local, this.#options.lookup);
    const told = { reference, current };
    if (parsed.digest !== undefined) return { ...told, ...notCheckable('pinned') };
    const isOfRegistry =
      current.length > 0 || (named && ownDigests(parsed, named, this.#options.lookup).length > 0);
    if (!isOfRegistry || this.#isOfPodman(parsed)) return { ...told, ...notCheckable('local') };
    const answer = await this.#ask(parsed, source, refresh);
    return { ...told, checkedAt: answer.at, ...(await this.#compare(parsed, local, answer)) };
  }

  /** `localhost/` is what Podman calls images that came from no registry. */
  #isOfPodman({ registry }: ImageReference): boolean {
    return registry === 'localhost' && this.#options.client.quirks.qualifiesNames;
  }

  async #ask(
    parsed: ImageReference,
    source: CredentialSource | undefined,
    refresh: boolean,
  ): Promise<Answer> {
    const credentials = await this.#options.lookup.credentials(parsed, source);
    // Who may not ask is not told what others were.
    const key = createHash('sha256')
      .update(JSON.stringify([nameOf(parsed), parsed.tag, credentials ?? null]))
      .digest('base64');
    const known = await this.#answers.get(key)?.catch(() => undefined);
    const isGood = known !== undefined && known.until > Date.now();
    if (isGood && (!refresh || known.answer.kind === 'throttled')) return known;
    const asking = this.#askNow(parsed, credentials);
    this.#answers.delete(key);
    this.#answers.set(key, asking);
    if (this.#answers.size > mostKept) this.#answers.delete(this.#answers.keys().next().value!);
    return asking;
  }

  /** Shared by those who ask for the same, so that it does not end with one of them. */
  async #askNow(parsed: ImageReference, credentials: RegistryCredentials | undefined): Promise<Answer> {
    const signal = AbortSignal.timeout(patienceMs);
    const asked = await this.#options.lookup
      .digest(parsed, credentials, signal)
      .catch((error: unknown): Asked => ({ answer: failed(error, signal), mirror: undefined }));
    const at = Date.now();
    const { answer } = asked;
    const keptMs = answer.kind === 'digest' ? answerMs : refusalMs;
    return { ...asked, credentials, at, until: answer.kind === 'throttled' ? answer.until : at + keptMs };
  }

  async #compare(
    parsed: ImageReference,
    local: ImageDetails,
    asked: Answer,
  ): Promise<Pick<ImageUpdate, 'status' | 'latest' | 'reason' | 'message' | 'retryAt'>> {
    const { answer } = asked;
    if (answer.kind !== 'digest') return refusedCheck(answer);
    const latest = answer.digest;
    const known = new Set([...allDigests(local), idOf(local)]);
    if (known.has(latest)) return { status: 'up_to_date', latest };
    const found = await this.#imagesOf(parsed, local, latest, asked);
    if ('kind' in found) return { ...refusedCheck(found), latest };
    if ('reason' in found) return { ...notCheckable(found.reason), latest };
    const isSame = found.images.some((digest) => known.has(digest));
    return { status: isSame ? 'up_to_date' : 'update_available', latest };
  }

  /** Digests of the manifests, and of the configurations, that `digest` stands for on the platform of `local`. */
  async #imagesOf(
    parsed: ImageReference,
    local: ImageDetails,
    digest: string,
    { mirror, credentials }: Answer,
  ): Promise<{ images: string[] } | { reason: Reason } | Refused> {
    const known = this.#configs.get(digest);
    if (known !== undefined) return { images: [digest, known] };
    const signal = AbortSignal.timeout(patienceMs);
    const asking = { mirror, credentials, signal };
    const content = await this.#options.lookup
      .manifest(parsed, digest, asking)
      .catch((error: unknown) => failed(error, signal));
    if (content.kind !== 'manifest') return content;
    const { manifest } = content;
    if (manifest === undefined) return { reason: 'unreadable' };
    if (manifest.kind === 'image') {
      this.#noteConfig(digest, manifest.config);
      return { images: [digest, manifest.config] };
    }
    const fitting = manifestsFor(manifest, this.#platformOf(local));
    if (fitting.length === 0) return { reason: 'no_variant' };
    const images: string[] = [];
    const has = new Set(allDigests(local));
    for (const each of fitting.slice(0, mostLookedInto)) {
      if (has.has(each)) return { images: [each] };
      const inner = await this.#configOf(parsed, each, asking);
      if (typeof inner !== 'string') return inner;
      images.push(each, inner);
    }
    return { images };
  }

  async #configOf(
    parsed: ImageReference,
    digest: string,
    asking: Parameters<RegistryLookup['manifest']>[2],
  ): Promise<string | { reason: Reason } | Refused> {
    const known = this.#configs.get(digest);
    if (known !== undefined) return known;
    const content = await this.#options.lookup
      .manifest(parsed, digest, asking)
      .catch((error: unknown) => failed(error, asking.signal!));
    if (content.kind !== 'manifest') return content;
    if (content.manifest?.kind !== 'image') return { reason: 'unreadable' };
    this.#noteConfig(digest, content.manifest.config);
    return content.manifest.config;
  }

  #noteConfig(digest: string, config: string): void {
    if (this.#configs.size >= mostKept) this.#configs.clear();
    this.#configs.set(digest, config);
  }

  #platformOf({ Os, Architecture, Variant = '' }: ImageDetails): Platform {
    return { os: Os || 'linux', architecture: Architecture || this.#options.architecture, variant: Variant };
  }
}

/** Digests that the image is recorded with under this name, or under that of a mirror it came from. */
function ownDigests(parsed: ImageReference, { RepoDigests }: ImageDetails, lookup: RegistryLookup): string[] {
  const mirrored = lookup.mirrorsOf(parsed).map((mirror) => `${new URL(mirror).host}/${parsed.repository}`);
  const names = new Set([nameOf(parsed), familiarName(parsed), ...mirrored]);
  const split = (RepoDigests ?? []).map((entry) => entry.split('@') as [string, string]);
  return split.filter(([name]) => names.has(name)).map(([, digest]) => digest);
}

/** What is the same by its digest is the same, whatever it is called. */
const allDigests = ({ RepoDigests }: ImageDetails): string[] =>
  (RepoDigests ?? []).map((entry) => entry.slice(entry.indexOf('@') + 1));

const idOf = ({ Id }: ImageDetails): string => (Id.startsWith('sha256:') ? Id : `sha256:${Id}`);

const messages: Record<Reason, string> = {
  pinned: 'The reference names a digest, which never stands for another image.',
  local: 'The image came from no registry under this name: it was built, loaded or tagged here.',
  missing: 'The registry has nothing under this reference.',
  no_variant: "The registry's image has no variant for the platform of this one.",
  unreadable: 'The registry answers with a manifest of a form that is not known.',
  refused: '',
  unreachable: '',
  throttled: '',
};

const notCheckable = (reason: Reason, message = messages[reason]) => ({
  status: 'not_checkable' as const,
  reason,
  message,
});

function refusedCheck(refused: Refused): Pick<ImageUpdate, 'status' | 'reason' | 'message' | 'retryAt'> {
  if (refused.kind === 'missing') return notCheckable('missing');
  return {
    ...notCheckable(refused.kind, refused.reason),
    ...(refused.kind === 'throttled' && { retryAt: refused.until }),
  };
}

function failed(error: unknown, signal: AbortSignal): Refused {
  if (signal.aborted) return { kind: 'unreachable', reason: `no answer within ${patienceMs / 1000} s` };
  return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
}
