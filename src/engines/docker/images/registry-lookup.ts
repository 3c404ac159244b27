/** Questions about a reference: to the mirrors first where it is Docker Hub's, with the credentials there are. */
import type { CredentialSource, RegistryAuth } from '../../../core/ports/image-transfer.ts';
import type { RegistryCheck } from '../../../core/ports/host-images.ts';
import { storedCredentials, type RegistryCredentials } from './credentials.ts';
import { plainRegistries } from './plain-registries.ts';
import { hub, type ImageReference } from './reference.ts';
import { RegistryClient, type ManifestAnswer, type ManifestContent, type Refused } from './registry.ts';

export interface RegistryLookupOptions {
  registryMirrors: readonly string[];
  insecureRegistries: readonly string[];
  credentialsDirectory?: string | undefined;
  log: { warn(details: object, message: string): void };
}

/** For the check of credentials. */
const patienceMs = 15_000;

/** What a registry, or a mirror of it, said of a reference. */
export interface Asked {
  answer: ManifestAnswer;
  /** The mirror that said it; undefined: the registry itself. */
  mirror: string | undefined;
}

export class RegistryLookup {
  readonly #options: RegistryLookupOptions;
  readonly #client: RegistryClient;

  constructor(options: RegistryLookupOptions) {
    this.#options = options;
    this.#client = new RegistryClient(plainRegistries(options.insecureRegistries));
  }

  mirrorsOf({ registry }: ImageReference): readonly string[] {
    return registry === hub ? this.#options.registryMirrors : [];
  }

  /** Those of `source` go before Docker's own of this server. */
  async credentials(
    { registry }: Pick<ImageReference, 'registry'>,
    source: CredentialSource | undefined,
  ): Promise<RegistryCredentials | undefined> {
    const given = await source?.(registry);
    if (given) return given;
    try {
      return await storedCredentials(registry, this.#options.credentialsDirectory);
    } catch (error) {
      this.#options.log.warn({ reason: (error as Error).message }, 'Asking the registry without credentials');
      return undefined;
    }
  }

  /** A mirror that does not have it, or does not answer, leaves the question to the registry itself. */
  async digest(
    reference: ImageReference,
    credentials: RegistryCredentials | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Asked> {
    for (const mirror of this.mirrorsOf(reference)) {
      const answer = await this.mirrored(reference, mirror, signal);
      if (answer.kind === 'digest') return { answer, mirror };
    }
    return { answer: await this.#client.digest(reference, { credentials, signal }), mirror: undefined };
  }

  mirrored(
    reference: ImageReference,
    mirror: string,
    signal: AbortSignal | undefined,
  ): Promise<ManifestAnswer> {
    return this.#client.digest(reference, { base: mirror, signal });
  }

  /** Of who said that there is a manifest of this digest. */
  manifest(
    reference: ImageReference,
    digest: string,
    {
      mirror,
      credentials,
      signal,
    }: Pick<Asked, 'mirror'> & {
      credentials: RegistryCredentials | undefined;
      signal: AbortSignal | undefined;
    },
  ): Promise<ManifestContent | Refused> {
    const asking = mirror === undefined ? { credentials, signal } : { base: mirror, signal };
    return this.#client.manifest(reference, digest, asking);
  }

  async check(registry: string, credentials: RegistryAuth, signal?: AbortSignal): Promise<RegistryCheck> {
    const patience = AbortSignal.timeout(patienceMs);
    const either = signal ? AbortSignal.any([signal, patience]) : patience;
    try {
      return await this.#client.check(registry, { credentials, signal: either });
    } catch (error) {
      if (!patience.aborted) throw error;
      return {
        status: 'unreachable',
        message: `${registry} gave no answer within ${patienceMs / 1000} s`,
      };
    }
  }

  close(): void {
    this.#client.close();
  }
}
