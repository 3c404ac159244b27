/**
 * A load of HTTP/1.1 requests over keep-alive connections, one request at a time on each. Written for this because
 * the load and the server share the machine: it takes about half the processor time per request of a general client
 * and measures latency in microseconds.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { percentile } from './figures.ts';

export interface Load {
  port: number;
  /** Sent in turn, over and over. */
  requests: readonly Buffer[];
  connections: number;
  durationMs: number;
  /** Speaks TLS: which authority to trust, and a client's own certificate. */
  tls?: ConnectionOptions | undefined;
  /** Leaves the processor to others while there is nothing to do. Default: polls, see `stayAwake`. */
  sleeps?: boolean;
}

export interface LoadResult {
  requests: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** A whole request as it goes over the wire. */
export function postRequest(path: string, headers: Record<string, string>, body: unknown): Buffer {
  const content = Buffer.from(JSON.stringify(body));
  const lines = Object.entries({ host: '127.0.0.1', ...headers, 'content-length': String(content.length) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`), content]);
}

/** Measures from when all connections stand. Throws at the first answer that is not 200, with its text. */
export async function applyLoad(load: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  let next = 0;
  const nextRequest = () => load.requests[next++ % load.requests.length]!;
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => connected(load)));
  const startedAt = performance.now();
  const endsAt = startedAt + load.durationMs;
  const awake = load.sleeps ? undefined : stayAwake();
  await Promise.all(sockets.map((socket) => exchange(socket, nextRequest, endsAt, latencies)));
  awake?.end();
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** Polls without end: the server would pay for waking a client that sleeps, the more the slower it is. */
function stayAwake(): { end(): void } {
  let next: NodeJS.Immediate;
  const turn = () => void (next = setImmediate(turn));
  turn();
  return { end: () => clearImmediate(next) };
}

async function connected({ port, tls }: Load): Promise<Socket> {
  const address = { port, host: '127.0.0.1' };
  const socket = tls ? connectTls({ ...address, ...tls }) : connect(address);
  socket.setNoDelay(true);
  await once(socket, tls ? 'secureConnect' : 'connect');
  return socket;
}

/** Over one connection: asks, waits for the whole answer, asks again, until the time is over. */
function exchange(socket: Socket, next: () => Buffer, endsAt: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const answer = new AnswerReader();
    let askedAt = 0;
    const ask = () => {
      askedAt = performance.now();
      socket.write(next());
    };
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.on('data', (chunk) => {
      let complete: boolean;
      try {
        complete = answer.read(chunk);
      } catch (error) {
        return fail(error as Error);
      }
      if (!complete) return;
      const now = performance.now();
      latencies.push(now - askedAt);
      if (now < endsAt) return ask();
      socket.destroy();
      resolve();
    });
    socket.on('error', fail);
    socket.on('end', () => fail(new Error('the server closed a connection in the middle of the load')));
    ask();
  });
}

/** Knows when an answer is complete: its head, and as many bytes after it as `content-length` says. */
class AnswerReader {
  #head: Buffer = Buffer.alloc(0);
  #missing = -1;

  read(chunk: Buffer): boolean {
    if (this.#missing >= 0) {
      this.#missing -= chunk.length;
    } else {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = this.#head.indexOf('\r\n\r\n');
      if (end === -1) return false;
      const head = this.#head.toString('latin1', 0, end);
      if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`unexpected answer: ${this.#head.toString()}`);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (length === undefined) throw new Error(`an answer without content-length: ${head}`);
      this.#missing = end + 4 + Number(length) - this.#head.length;
      this.#head = Buffer.alloc(0);
    }
    if (this.#missing > 0) return false;
    if (this.#missing < 0) throw new Error('the server answered more than was asked');
    this.#missing = -1;
    return true;
  }
}
