/** HTTP to an engine's socket: kept-alive connections for short calls, a connection of its own for each stream. */
import { Agent, request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { finished, type Duplex, type Readable } from 'node:stream';
import { EngineError } from '../../../core/errors.ts';

/** The engine understood the request and refused it. */
export class DockerApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'DockerApiError';
    this.status = status;
  }
}

/** Of a container. Podman also says it, with another status, of one that it had only half made. */
export const isNameTaken = (error: unknown): boolean =>
  hasStatus(error, 409, 500) && /name .* (?:is )?already in use/.test((error as Error).message);

/** Of the beginning of several ids. Podman says so with the status of what is not there. */
export const isAmbiguous = (error: unknown): boolean =>
  error instanceof DockerApiError &&
  /more than one result|multiple IDs found|matches more than one/i.test(error.message);

export const hasStatus = (error: unknown, ...statuses: number[]): boolean =>
  error instanceof DockerApiError && statuses.includes(error.status);

/** One part of a path, whatever it holds. */
export const segment = (part: string): string => encodeURIComponent(part);

/** An image's reference as a part of a path, in which slashes stay. */
export const imagePath = (reference: string): string => reference.split('/').map(segment).join('/');

export interface Call {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** For the answer's head; 0 waits for ever. */
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Both directions of a hijacked connection. `multiplexed` is undefined where the engine did not say. */
export interface Hijacked {
  socket: Duplex;
  multiplexed?: boolean;
}

const callTimeoutMs = 60_000;
const maxAnswerBytes = 64 * 1024 * 1024;
const errorTextBytes = 64 * 1024;

export class Connection {
  readonly address: string;
  /** `/v1.41`, or nothing before the version is agreed. */
  prefix = '';
  readonly #target: Pick<RequestOptions, 'socketPath' | 'host' | 'port'>;
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo', maxFreeSockets: 16 });

  /** `address`: `unix:///path` or `tcp://host:port`. Throws EngineUnavailable for any other kind. */
  constructor(address: string) {
    this.address = address;
    this.#target = targetOf(address);
  }

  /** Throws `DockerApiError` for 4xx and 5xx, `EngineError` EngineUnavailable when nobody answers. */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const response = await this.#respond(method, path, call, this.#agent);
    const body = await this.#read(response, maxAnswerBytes);
    const status = response.statusCode ?? 0;
    if (status >= 400) throw new DockerApiError(status, messageOf(body, status));
    return { status, headers: response.headers, body };
  }

  async json<T>(method: string, path: string, call?: Call): Promise<T> {
    const { body } = await this.call(method, path, call);
    return JSON.parse(body.toString('utf8')) as T;
  }

  /** The answer's body as it comes. Destroy it to end the connection. */
  async stream(method: string, path: string, call: Call = {}): Promise<IncomingMessage> {
    const response = await this.#respond(method, path, call, false);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw new DockerApiError(status, messageOf(await this.#read(response, errorTextBytes), status));
  }

  /** An engine that does not answer 101 does not hand the connection over: its answer is what is wrong. */
  hijack(path: string, body: unknown): Promise<Hijacked> {
    return new Promise((resolve, reject) => {
      const headers = { connection: 'Upgrade', upgrade: 'tcp' };
      const outgoing = this.#open('POST', path, { body, headers }, false);
      const take = (socket: Duplex, head: Buffer, type: string | undefined) => {
        if (head.length > 0) socket.unshift(head);
        resolve({ socket, multiplexed: type === undefined ? undefined : type.includes('multiplexed') });
      };
      outgoing.once('upgrade', (response, socket, head) => take(socket, head, typeOf(response)));
      outgoing.once('error', (error) => reject(this.#unavailable(error)));
      outgoing.once('response', (response) => {
        const status = response.statusCode ?? 0;
        this.#read(response, errorTextBytes).then(
          (text) => reject(new DockerApiError(status, messageOf(text, status))),
          reject,
        );
      });
    });
  }

  /** Gives the name of what was lost to the reader of a stream that broke off. */
  lost(error: unknown): EngineError {
    return this.#unavailable(error);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #respond(method: string, path: string, call: Call, agent: Agent | false): Promise<IncomingMessage> {
    for (;;) {
      const outgoing = this.#open(method, path, call, agent);
      try {
        return await responseTo(outgoing, call.timeoutMs ?? callTimeoutMs);
      } catch (error) {
        if (call.signal?.aborted) throw error;
        // The engine is not to blame for what we did not send.
        if (isStream(call.body) && call.body.errored) throw call.body.errored;
        // The engine closed an idle connection, or was restarted, while we picked it: what we asked never arrived.
        if (outgoing.reusedSocket && isReset(error) && !isStream(call.body)) continue;
        throw this.#unavailable(error);
      }
    }
  }

  #open(method: string, path: string, call: Call, agent: Agent | false): ClientRequest {
    const headers: Record<string, string | number> = { host: 'docker', ...call.headers };
    const streamed = isStream(call.body);
    const payload = call.body === undefined || streamed ? undefined : Buffer.from(JSON.stringify(call.body));
    if (payload) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = payload.length;
    } else if (method === 'POST' && !streamed) headers['content-length'] = 0;
    const outgoing = request({
      ...this.#target,
      agent,
      method,
      path: this.prefix + path + queryOf(call.query),
      headers,
      signal: call.signal,
    });
    outgoing.on('socket', (socket) => socket.setKeepAlive?.(true, 30_000));
    if (isStream(call.body)) {
      // One that broke off would leave the engine waiting for the rest.
      finished(call.body, { writable: false }, (error) => error && outgoing.destroy(error));
      call.body.pipe(outgoing);
    } else outgoing.end(payload);
    return outgoing;
  }

  async #read(response: IncomingMessage, limit: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > limit) throw new Error(`the answer is larger than ${limit} bytes`);
        chunks.push(chunk);
      }
    } catch (error) {
      throw this.#unavailable(error);
    }
    return Buffer.concat(chunks);
  }

  #unavailable(error: unknown): EngineError {
    const cause = error as NodeJS.ErrnoException;
    const fix = fixes[cause.code ?? ''] ?? '';
    return new EngineError('EngineUnavailable', `no answer from ${this.address}: ${cause.message}${fix}`);
  }
}

const fixes: Record<string, string> = {
  ENOENT: '; is the engine running, and is that its socket?',
  ECONNREFUSED: '; is the engine running?',
  EACCES: '; run as root or as a member of the group that owns the socket',
};

function targetOf(address: string): Pick<RequestOptions, 'socketPath' | 'host' | 'port'> {
  const unix = /^unix:\/\/(\/.+)$/.exec(address);
  if (unix) return { socketPath: unix[1] };
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/[\]]+)(?::(\d+))?\/?$/.exec(address);
  if (tcp) return { host: tcp[1]!.replace(/^\[|\]$/g, ''), port: Number(tcp[2] ?? 2375) };
  throw new EngineError(
    'EngineUnavailable',
    `cannot use the engine address ${address}: give unix:///path/to/socket or tcp://host:port`,
  );
}

function responseTo(outgoing: ClientRequest, timeoutMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = () => outgoing.destroy(new Error(`nothing came back within ${timeoutMs / 1000} s`));
    const timer = timeoutMs > 0 ? setTimeout(fail, timeoutMs) : undefined;
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

const isStream = (body: unknown): body is Readable =>
  typeof (body as { pipe?: unknown } | undefined)?.pipe === 'function';

const isReset = (error: unknown) =>
  ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

const typeOf = (response: IncomingMessage) => response.headers['content-type'];

function queryOf(query: Call['query']): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

/** Docker says `{"message"}`; Podman adds `cause`; a version it does not speak is answered in plain text. */
function messageOf(body: Buffer, status: number): string {
  const text = body.toString('utf8').trim();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string' && message) return message;
  } catch {
    // Not JSON: the text itself is the message.
  }
  return text || `HTTP status ${status}`;
}
