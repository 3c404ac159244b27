/**
 * A connection to a Redis that may be away, slow or come back at any time. Nobody waits longer than a moment for it,
 * and one that is away, or was late, is not asked again at once.
 */
import { isIP } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';

export interface RedisConnectionOptions {
  /** `redis://user:password@host:port/database`, `rediss://` for TLS; all but the host may be left out. */
  url: string;
  log: RedisLog;
}

export interface RedisLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Redis cannot be used now. The message names neither hosts nor credentials; the log says more. */
export class RedisAway extends Error {
  constructor(code: string) {
    super(`Redis cannot be used now (${code})`);
    this.name = 'RedisAway';
  }
}

/** How long an answer may take. */
const answerMs = 100;
/** How long a Redis that was late is left alone. */
const pauseMs = 1_000;
/** A connection on which nothing came for so long, though something was asked, is given up. */
const silentMs = 3_000;
const connectMs = 3_000;
const longestRetryMs = 2_000;
/** How long the start of the server waits for it. */
const patienceMs = 1_000;
/** Between two warnings. */
const quietMs = 60_000;
const usualPort = 6379;
const notYet = 'not connected yet';

export class RedisConnection {
  readonly #client: Redis;
  readonly #log: RedisLog;
  readonly #secret: string;
  readonly #address: string;
  /** Undefined while it can be used. */
  #problem: string | undefined = notYet;
  #pausedUntil = 0;
  #warnedAt: number | undefined;
  #warned = false;

  constructor({ url, log }: RedisConnectionOptions) {
    const options = optionsOf(url);
    this.#log = log;
    this.#secret = options.password ?? '';
    this.#address = `${options.host}:${options.port}`;
    this.#client = new Redis({
      ...options,
      connectTimeout: connectMs,
      socketTimeout: silentMs,
      disconnectTimeout: answerMs,
      retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 10), longestRetryMs),
      // What cannot be asked now fails now, and nothing is asked twice.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // With version 3 the password would be in a command that an old server repeats in its answer.
      protocol: 2,
      disableClientInfo: true,
    });
    this.#client.on('error', (error: Error) => this.#note(error));
    this.#client.on('close', () => {
      if (this.#problem === undefined) this.#note(new Error('the connection was closed'));
    });
    this.#client.on('ready', () => this.#back());
  }

  /** Resolves when it can be used, and anyway after a moment. */
  async settled(): Promise<void> {
    if (this.#client.status === 'ready') return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#client.off('ready', settle).off('close', settle);
        resolve();
      };
      const timer = setTimeout(settle, patienceMs);
      this.#client.on('ready', settle).on('close', settle);
    });
  }

  /** Throws `RedisAway`, at the latest after a tenth of a second. */
  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#client.status !== 'ready' || performance.now() < this.#pausedUntil) {
      throw new RedisAway(this.#problem ?? notYet);
    }
    try {
      const answer = await within(answerMs, command(this.#client));
      this.#problem = undefined;
      return answer;
    } catch (error) {
      if (error instanceof LateAnswer) this.#pausedUntil = performance.now() + pauseMs;
      throw new RedisAway(this.#note(error as Error));
    }
  }

  async close(): Promise<void> {
    const isOpen = ['connecting', 'connect', 'ready'].includes(this.#client.status);
    const ended = new Promise<void>((resolve) => void this.#client.once('end', resolve));
    this.#client.removeAllListeners('close').disconnect();
    if (isOpen) await ended;
  }

  /** The code of what is wrong. */
  #note(error: Error): string {
    const code = codeOf(error);
    this.#problem = code;
    const now = performance.now();
    if (this.#warnedAt !== undefined && now - this.#warnedAt < quietMs) return code;
    this.#warnedAt = now;
    this.#warned = true;
    const details = { address: this.#address, reason: this.#told(error.message) };
    this.#log.warn(details, 'Redis cannot be used; what it would keep is not kept until it can');
    return code;
  }

  #back(): void {
    this.#problem = undefined;
    this.#pausedUntil = 0;
    if (this.#warned) this.#log.info({ address: this.#address }, 'Redis can be used again');
    this.#warned = false;
  }

  /** A server may repeat what it was sent: neither credentials nor results are for the log. */
  #told(message: string): string {
    const [own = ''] = message.split(', with args');
    return this.#secret === '' ? own : own.replaceAll(this.#secret, '***');
  }
}

class LateAnswer extends Error {
  readonly code = 'LATE';

  constructor() {
    super(`no answer within ${answerMs} ms`);
  }
}

/** An answer that came while this process itself was held up is in time: it is read before the time is over. */
function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new LateAnswer())), ms);
    void answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** `ECONNREFUSED`, or the word that an error of Redis begins with (`WRONGPASS`, `OOM`). */
function codeOf(error: Error & { code?: unknown }): string {
  if (typeof error.code === 'string') return error.code;
  return /^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? 'no connection';
}

type Target = Pick<RedisOptions, 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'>;

function optionsOf(url: string): Target {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: port === '' ? usualPort : Number(port),
    db: Number(pathname.slice(1)),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: isIP(host) === 0 ? { servername: host } : {} }),
  };
}
