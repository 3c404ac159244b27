/**
 * HTTP to registries and their token servers. A registry may send us on to other servers; those are never told what
 * is for the registry, and are none on this machine unless the registry is.
 */
import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isLoopback } from './plain-registries.ts';

export interface Call {
  method: 'GET' | 'HEAD' | 'POST';
  url: URL;
  headers: Record<string, string>;
  signal?: AbortSignal | undefined;
  body?: string;
  /** Who sent us here, where it is not the user: judged by name and by address. */
  from?: URL;
}

export interface Answer {
  response: IncomingMessage;
  /** Who gave it, after redirects. */
  url: URL;
}

const timeoutMs = 10_000;
const mostRedirects = 4;
const redirects = new Set([301, 302, 303, 307, 308]);

export class RegistryConnection {
  readonly #mayBePlain: (host: string) => boolean;
  readonly #plain = new HttpAgent({ keepAlive: true, maxFreeSockets: 4 });
  readonly #secure = new HttpsAgent({ keepAlive: true, maxFreeSockets: 4 });
  readonly #unverified = new HttpsAgent({ keepAlive: true, maxFreeSockets: 4, rejectUnauthorized: false });

  constructor(mayBePlain: (host: string) => boolean) {
    this.#mayBePlain = mayBePlain;
  }

  /** Follows redirects; another origin than `url`'s gets no Authorization. */
  async follow(call: Call): Promise<Answer> {
    let { url, headers, from } = call;
    for (let count = 0; ; count++) {
      const response = await this.send({ ...call, url, headers, ...(from && { from }) });
      const { location } = response.headers;
      if (!redirects.has(response.statusCode ?? 0) || location === undefined) return { response, url };
      response.resume();
      if (count === mostRedirects) throw new Error('too many redirects');
      const next = new URL(location, url);
      if (next.origin !== url.origin) {
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
        from ??= url;
      }
      url = next;
    }
  }

  send({ method, url, headers, signal, body, from }: Call): Promise<IncomingMessage> {
    const isForeign = from !== undefined && from.origin !== url.origin;
    if (isForeign) this.#refuseForeign(from, url);
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const verified = this.#mayBePlain(url.host) ? this.#unverified : this.#secure;
      const agent = secure ? verified : this.#plain;
      const options = {
        ...{ method, headers, timeout: timeoutMs, agent },
        ...(signal && { signal }),
        ...(isForeign && !isLoopback(from.host) && { lookup: lookUpElsewhere }),
      };
      const outgoing = secure ? httpsRequest(url, options) : httpRequest(url, options);
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      outgoing.once('error', reject);
      outgoing.once('response', resolve);
      outgoing.end(body);
    });
  }

  close(): void {
    for (const agent of [this.#plain, this.#secure, this.#unverified]) agent.destroy();
  }

  #refuseForeign(from: URL, to: URL): void {
    const isPlain = to.protocol === 'http:' && this.#mayBePlain(to.host);
    const isOwn = isLoopback(to.host) || isOfMachine(to.hostname.replace(/^\[|\]$/g, ''));
    if ((to.protocol === 'https:' || isPlain) && (!isOwn || isLoopback(from.host))) return;
    throw new Error(`it sends on to ${to.protocol}//${to.host}, where it may not`);
  }
}

/** Addresses that mean this machine, or the one that runs it (169.254.169.254). */
const ofMachine = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const) {
  ofMachine.addSubnet(network, prefix);
}
for (const [network, prefix] of [
  ['::', 127],
  ['fe80::', 10],
] as const) {
  ofMachine.addSubnet(network, prefix, 'ipv6');
}

function isOfMachine(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && ofMachine.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

const lookUpElsewhere: LookupFunction = (host, options, done) => {
  lookUp(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return done(error, []);
    const elsewhere = found.filter(({ address }) => !isOfMachine(address));
    const [first] = elsewhere;
    if (first === undefined)
      return done(new Error(`${host} is this machine, where it may not send on to`), []);
    if (options.all === true) done(null, elsewhere);
    else done(null, first.address, first.family);
  });
};
