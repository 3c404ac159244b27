/** The one question we ask a registry ourselves: which manifest does this tag name now (OCI distribution spec). */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { RegistryCredentials } from './credentials.ts';
import { hub, type ImageReference } from './reference.ts';

export type ManifestAnswer =
  | { kind: 'digest'; digest: string }
  | { kind: 'missing' }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string };

export interface RegistryOptions {
  /** Registries to speak plain HTTP to, or with a certificate nobody vouches for. Loopback is one by itself. */
  insecure: readonly string[];
}

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const timeoutMs = 10_000;
const tokenBytes = 1024 * 1024;
const hubHost = 'registry-1.docker.io';

interface Token {
  value: string;
  expiresAt: number;
}

export class RegistryClient {
  readonly #insecure: ReadonlySet<string>;
  readonly #plain = new HttpAgent({ keepAlive: true, maxFreeSockets: 4 });
  readonly #secure = new HttpsAgent({ keepAlive: true, maxFreeSockets: 4 });
  readonly #unverified = new HttpsAgent({ keepAlive: true, maxFreeSockets: 4, rejectUnauthorized: false });
  readonly #tokens = new Map<string, Token>();
  /** Insecure registries that turned out to speak TLS all the same. */
  readonly #tls = new Set<string>();

  constructor(options: RegistryOptions) {
    this.#insecure = new Set(options.insecure);
  }

  /** `base`: a mirror's URL, where it is not the registry itself that is asked. */
  async digest(
    reference: ImageReference,
    credentials: RegistryCredentials | undefined,
    base?: string,
    signal?: AbortSignal,
  ): Promise<ManifestAnswer> {
    const host = reference.registry === hub ? hubHost : reference.registry;
    const path = `/v2/${reference.repository}/manifests/${reference.digest ?? reference.tag}`;
    try {
      return await this.#ask(new URL(path, base ?? this.#baseOf(host)), credentials, signal);
    } catch (error) {
      // A plain request to a TLS port ends without an answer, or with one that is not HTTP.
      if (base === undefined && this.#mayBePlain(host) && !this.#tls.has(host) && spokeTls(error)) {
        this.#tls.add(host);
        return this.digest(reference, credentials, base, signal);
      }
      if (signal?.aborted) throw error;
      return { kind: 'unreachable', reason: `${base ?? host}: ${reasonOf(error)}` };
    }
  }

  close(): void {
    for (const agent of [this.#plain, this.#secure, this.#unverified]) agent.destroy();
  }

  #baseOf(host: string): string {
    return `${this.#mayBePlain(host) && !this.#tls.has(host) ? 'http' : 'https'}://${host}`;
  }

  #mayBePlain(host: string): boolean {
    return isLoopback(host) || this.#insecure.has(host);
  }

  async #ask(
    url: URL,
    credentials: RegistryCredentials | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ManifestAnswer> {
    const key = `${url.href} ${JSON.stringify(credentials)}`;
    const known = this.#tokens.get(key);
    const headers: Record<string, string> = { accept: accepted };
    if (known && known.expiresAt > Date.now()) headers['authorization'] = known.value;
    let response = await this.#send('HEAD', url, headers, signal);
    response.resume();
    if (response.statusCode === 401) {
      const authorization = await this.#authorize(response, credentials, signal);
      if (typeof authorization !== 'string') {
        if (!authorization) return { kind: 'refused', reason: `${url.host} asks for credentials` };
        this.#remember(key, authorization);
        headers['authorization'] = authorization.value;
      } else headers['authorization'] = authorization;
      response = await this.#send('HEAD', url, headers, signal);
      response.resume();
    }
    return this.#answer(response, url);
  }

  #answer(response: IncomingMessage, url: URL): ManifestAnswer {
    const status = response.statusCode ?? 0;
    const digest = response.headers['docker-content-digest'];
    if (status === 200 && typeof digest === 'string') return { kind: 'digest', digest };
    if (status === 404) return { kind: 'missing' };
    if (status === 401 || status === 403)
      return { kind: 'refused', reason: `${url.host} answered ${status}` };
    return { kind: 'unreachable', reason: `${url.host} answered ${status} without a digest` };
  }

  /** The header to try again with; undefined where what the registry asks for cannot be given. */
  async #authorize(
    response: IncomingMessage,
    credentials: RegistryCredentials | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Token | string | undefined> {
    const challenge = response.headers['www-authenticate'] ?? '';
    if (/^basic\b/i.test(challenge)) {
      return credentials && 'username' in credentials ? basic(credentials) : undefined;
    }
    if (!/^bearer\b/i.test(challenge)) return undefined;
    const parameters = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const realm = parameters.get('realm');
    if (!realm || !/^https?:/.test(realm)) return undefined;
    const query = new URLSearchParams();
    for (const name of ['service', 'scope']) {
      const value = parameters.get(name);
      if (value !== undefined) query.set(name, value);
    }
    return this.#fetchToken(new URL(realm), query, credentials, signal);
  }

  async #fetchToken(
    url: URL,
    query: URLSearchParams,
    credentials: RegistryCredentials | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Token | undefined> {
    const identity = credentials && 'identityToken' in credentials ? credentials.identityToken : undefined;
    let response: IncomingMessage;
    if (identity === undefined) {
      for (const [name, value] of query) url.searchParams.set(name, value);
      const headers =
        credentials && 'username' in credentials ? { authorization: basic(credentials) } : undefined;
      response = await this.#send('GET', url, headers ?? {}, signal);
    } else {
      query.set('grant_type', 'refresh_token');
      query.set('client_id', 'longshore');
      query.set('refresh_token', identity);
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      response = await this.#send('POST', url, type, signal, query.toString());
    }
    const text = await textOf(response);
    if (response.statusCode !== 200) return undefined;
    const answer = JSON.parse(text) as { token?: string; access_token?: string; expires_in?: number };
    const token = answer.token ?? answer.access_token;
    const lifetimeMs = (answer.expires_in ?? 60) * 1000;
    return token ? { value: `Bearer ${token}`, expiresAt: Date.now() + lifetimeMs * 0.8 } : undefined;
  }

  #remember(key: string, token: Token): void {
    const now = Date.now();
    for (const [other, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(other);
    this.#tokens.set(key, token);
  }

  #send(
    method: string,
    url: URL,
    headers: Record<string, string>,
    signal?: AbortSignal,
    body?: string,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const verified = this.#mayBePlain(url.host) ? this.#unverified : this.#secure;
      const options = { method, headers, signal, timeout: timeoutMs, agent: secure ? verified : this.#plain };
      const outgoing = secure ? httpsRequest(url, options) : httpRequest(url, options);
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      outgoing.once('error', reject);
      outgoing.once('response', resolve);
      outgoing.end(body);
    });
  }
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

const basic = ({ username, password }: { username: string; password: string }) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const spokeTls = (error: unknown) => {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code.startsWith('HPE_') || code === 'ECONNRESET';
};

const reasonOf = (error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || 'no answer';
};

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > tokenBytes) throw new Error('the token server answers too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
