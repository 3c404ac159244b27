/** What we ask a registry ourselves: which manifest a tag names, what a manifest holds (OCI distribution specification). */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RegistryCheck } from '../../../core/ports/host-images.ts';
import { readChallenge, type Challenge } from './challenge.ts';
import type { RegistryCredentials } from './credentials.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { hub, type ImageReference } from './reference.ts';
import { RegistryConnection, type Answer } from './registry-connection.ts';
import { Waits } from './waits.ts';

export type Refused =
  | { kind: 'missing' }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string }
  /** Until epoch ms it is not asked again. */
  | { kind: 'throttled'; reason: string; until: number };

export type ManifestAnswer = { kind: 'digest'; digest: string } | Refused;

/** Where one asks, and as whom. */
export interface Asking {
  credentials?: RegistryCredentials | undefined;
  /** A mirror's URL, where it is not the registry itself that is asked. */
  base?: string | undefined;
  signal?: AbortSignal | undefined;
}

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const tokenBytes = 1024 * 1024;
/** As registries bound them. */
const manifestBytes = 4 * 1024 * 1024;
const mostTokens = 1000;
const hubHost = 'registry-1.docker.io';
const digestForm = /^sha256:[0-9a-f]{64}$/;

interface Question {
  method: 'GET' | 'HEAD';
  url: URL;
  asking: Asking;
  /** What a token for it is remembered by. */
  tokenKey?: string;
}

interface Token {
  value: string;
  expiresAt: number;
}

export class RegistryClient {
  readonly #mayBePlain: (host: string) => boolean;
  readonly #connection: RegistryConnection;
  readonly #tokens = new Map<string, Token>();
  /** Insecure registries that turned out to speak TLS all the same. */
  readonly #tls = new Set<string>();
  readonly #waits = new Waits();

  constructor(mayBePlain: (host: string) => boolean) {
    this.#mayBePlain = mayBePlain;
    this.#connection = new RegistryConnection(mayBePlain);
  }

  digest(reference: ImageReference, asking: Asking): Promise<ManifestAnswer> {
    const path = manifestPath(reference, reference.digest ?? reference.tag);
    return this.#reach(hostOf(reference), asking, async (base) => {
      const url = new URL(path, base);
      const head = await this.#call('HEAD', url, asking);
      head.resume();
      const digest = head.headers['docker-content-digest'];
      if (head.statusCode === 200 && typeof digest === 'string' && digestForm.test(digest)) {
        return { kind: 'digest', digest };
      }
      if (![200, 405, 501].includes(head.statusCode ?? 0)) return this.#refusal(head, url, asking);
      const content = await this.#content(url, asking);
      return Buffer.isBuffer(content) ? { kind: 'digest', digest: digestOf(content) } : content;
    });
  }

  /** The manifest or index of this digest; what is another's is `unreachable`. */
  manifest(reference: ImageReference, digest: string, asking: Asking): Promise<ManifestContent | Refused> {
    const path = manifestPath(reference, digest);
    return this.#reach(hostOf(reference), asking, async (base) => {
      const url = new URL(path, base);
      const content = await this.#content(url, asking);
      if (!Buffer.isBuffer(content)) return content;
      if (digestOf(content) !== digest) throw new Error('it gives another manifest than it says');
      return { kind: 'manifest', manifest: readManifest(content) };
    });
  }

  /** Whether the registry at `host` takes the credentials. */
  async check(registry: string, asking: Asking): Promise<RegistryCheck> {
    const answer = await this.#reach(hostOf({ registry }), asking, async (base) => {
      const url = new URL('/v2/', base);
      const first = await this.#connection.follow({ method: 'GET', url, headers: {}, signal: asking.signal });
      first.response.resume();
      if (first.response.statusCode === 200) return { kind: 'open' as const };
      const response = await this.#answered(first, { method: 'GET', url, asking });
      response.resume();
      return response.statusCode === 200 ? { kind: 'ok' as const } : this.#refusal(response, url, asking);
    });
    if (answer.kind === 'missing') {
      return { status: 'unreachable', message: `${registry} has no registry of version 2 at /v2/` };
    }
    if (answer.kind === 'ok') return { status: 'ok', message: `${registry} takes these credentials` };
    if (answer.kind === 'open') {
      return {
        status: 'open',
        message: `${registry} answers without credentials, so that these could not be tried`,
      };
    }
    return { status: answer.kind, message: answer.reason };
  }

  close(): void {
    this.#connection.close();
  }

  /** `ask` is given the URL to ask at. What fails on the way is told as `unreachable`. */
  async #reach<T>(host: string, asking: Asking, ask: (base: string) => Promise<T>): Promise<T | Refused> {
    const { base = this.#baseOf(host), signal } = asking;
    const waiting = this.#waits.of(waitKey(new URL(base), asking));
    if (waiting !== undefined) return throttled(new URL(base), waiting);
    try {
      return await ask(base);
    } catch (error) {
      // A plain request to a TLS port ends without an answer, or with one that is not HTTP.
      if (asking.base === undefined && this.#mayBePlain(host) && !this.#tls.has(host) && spokeTls(error)) {
        this.#tls.add(host);
        return this.#reach(host, asking, ask);
      }
      if (signal?.aborted) throw error;
      return { kind: 'unreachable', reason: `${asking.base ?? host}: ${reasonOf(error)}` };
    }
  }

  #baseOf(host: string): string {
    return `${this.#mayBePlain(host) && !this.#tls.has(host) ? 'http' : 'https'}://${host}`;
  }

  /** With what the registry asks for, as far as there is any. */
  async #call(method: 'GET' | 'HEAD', url: URL, asking: Asking): Promise<IncomingMessage> {
    const tokenKey = `${url.href.replace(/[^/]*$/, '')} ${JSON.stringify(asking.credentials)}`;
    const known = this.#tokens.get(tokenKey);
    const isGood = known !== undefined && known.expiresAt > Date.now();
    const headers = { accept: accepted, ...(isGood && { authorization: known.value }) };
    const answer = await this.#connection.follow({ method, url, headers, signal: asking.signal });
    if (answer.response.statusCode !== 401) return answer.response;
    answer.response.resume();
    return this.#answered(answer, { method, url, asking, tokenKey });
  }

  async #content(url: URL, asking: Asking): Promise<Buffer | Refused> {
    const response = await this.#call('GET', url, asking);
    if (response.statusCode === 200) return bytesOf(response, manifestBytes);
    response.resume();
    return this.#refusal(response, url, asking);
  }

  /**
   * Answers a challenge; the same response again where we cannot. Where it is of another server than the one that was
   * asked, which sent us there, that one is shown no credentials.
   */
  async #answered({ response, url: asked }: Answer, question: Question): Promise<IncomingMessage> {
    const { method, url, asking, tokenKey } = question;
    const challenge = readChallenge(response.headers['www-authenticate']);
    if (response.statusCode !== 401 || challenge === undefined) return response;
    const isElsewhere = asked.origin !== url.origin;
    const credentials = isElsewhere ? undefined : asking.credentials;
    let authorization: string | undefined;
    if (challenge.scheme === 'basic') authorization = basicOf(credentials);
    else {
      const token = await this.#token(challenge, asked, { ...asking, credentials });
      if (token instanceof Token429) return token.response;
      if (token && !isElsewhere && tokenKey !== undefined) this.#remember(tokenKey, token);
      authorization = token?.value;
    }
    if (authorization === undefined) return response;
    const call = { method, headers: { accept: accepted, authorization }, signal: asking.signal };
    const from = isElsewhere ? { from: url } : {};
    return (await this.#connection.follow({ ...call, url: asked, ...from })).response;
  }

  /** Undefined where the token server gives none. */
  async #token(
    { realm, service, scope }: Challenge & { scheme: 'bearer' },
    from: URL,
    { credentials, signal }: Asking,
  ): Promise<Token | Token429 | undefined> {
    const url = new URL(realm);
    const query = new URLSearchParams({ ...(service && { service }), ...(scope && { scope }) });
    let response: IncomingMessage;
    if (credentials && 'identityToken' in credentials) {
      query.set('grant_type', 'refresh_token');
      query.set('client_id', 'longshore');
      query.set('refresh_token', credentials.identityToken);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      response = await this.#connection.send({
        ...{ method: 'POST', url, headers, signal, from, body: query.toString() },
      });
    } else {
      for (const [name, value] of query) url.searchParams.set(name, value);
      const authorization = basicOf(credentials);
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      response = await this.#connection.send({ method: 'GET', url, headers, signal, from });
    }
    const bytes = await bytesOf(response, tokenBytes);
    if (response.statusCode === 429) return new Token429(response);
    return response.statusCode === 200 ? readToken(bytes) : undefined;
  }

  #remember(key: string, token: Token): void {
    const now = Date.now();
    for (const [other, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(other);
    if (this.#tokens.size >= mostTokens) this.#tokens.clear();
    this.#tokens.set(key, token);
  }

  #refusal({ statusCode = 0, headers }: IncomingMessage, url: URL, asking: Asking): Refused {
    const { host } = url;
    if (statusCode === 404) return { kind: 'missing' };
    if (statusCode === 401 && asking.credentials === undefined) {
      return { kind: 'refused', reason: `${host} asks for credentials` };
    }
    if (statusCode === 401 || statusCode === 403) {
      return { kind: 'refused', reason: `${host} answered ${statusCode}` };
    }
    if (statusCode === 429) {
      return throttled(url, this.#waits.begin(waitKey(url, asking), headers['retry-after']));
    }
    return { kind: 'unreachable', reason: `${host} answered ${statusCode} without a digest` };
  }
}

export interface ManifestContent {
  kind: 'manifest';
  /** Undefined for what is of no form that is known. */
  manifest: Manifest | undefined;
}

/** A token server that wants fewer requests. */
class Token429 {
  readonly response: IncomingMessage;
  constructor(response: IncomingMessage) {
    this.response = response;
  }
}

const hostOf = ({ registry }: Pick<ImageReference, 'registry'>) => (registry === hub ? hubHost : registry);

const manifestPath = ({ repository }: ImageReference, name: string) => `/v2/${repository}/manifests/${name}`;

/** Limits are of an address, or of who comes with a name. */
function waitKey({ host }: URL, { credentials }: Asking): string {
  return `${host} ${credentials && 'username' in credentials ? credentials.username : ''}`;
}

const throttled = ({ host }: URL, until: number): Refused => ({
  kind: 'throttled',
  reason: `${host} answered 429: it wants fewer requests`,
  until,
});

function basicOf(credentials: RegistryCredentials | undefined): string | undefined {
  if (!credentials || !('username' in credentials)) return undefined;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** What is no JSON is not told, as it may hold a token all the same. */
function readToken(bytes: Buffer): Token | undefined {
  let answer: { token?: unknown; access_token?: unknown; expires_in?: unknown } | null;
  try {
    answer = JSON.parse(bytes.toString('utf8')) as typeof answer;
  } catch {
    return undefined;
  }
  const token = answer?.token ?? answer?.access_token;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const seconds = typeof answer?.expires_in === 'number' ? answer.expires_in : 60;
  return { value: `Bearer ${token}`, expiresAt: Date.now() + seconds * 1000 * 0.8 };
}

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const spokeTls = (error: unknown) => {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code.startsWith('HPE_') || code === 'ECONNRESET';
};

const reasonOf = (error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || 'no answer';
};

async function bytesOf(response: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Error(`it answers more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
