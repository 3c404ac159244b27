/** All connections together: what they share, and how many there may be. */
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { AuditLog } from '../../core/ports/audit.ts';
import type { Core } from '../../core/context.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { Principal } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Caller, ConnectionEntry } from '../auth/connection-entry.ts';
import { closeCodes } from '../sockets/close-codes.ts';
import type { ExecSessions } from '../sockets/exec-sessions.ts';
import { defaultBounds, type LiveBounds } from './bounds.ts';
import { Connection } from './connection.ts';
import type { LiveContext, Peer } from './context.ts';
import { EventFeed } from './event-feed.ts';
import { ExecOffers } from './exec-offers.ts';
import { handleMessage } from './messages.ts';
import { knownError, LiveError } from './protocol.ts';
import { Utilization } from './utilization.ts';

export interface LiveOptions {
  core: Core;
  engine: Pick<Engine, 'exec' | 'stats'>;
  authentication: ConnectionEntry;
  /** Of all faces together. */
  sessions: ExecSessions;
  region: string;
  version: string;
  log: Log;
  audit?: AuditLog;
  bounds?: Partial<LiveBounds>;
}

export class Hub implements LiveContext {
  readonly core: Core;
  readonly region: string;
  readonly version: string;
  readonly log: Log;
  readonly audit: AuditLog | undefined;
  readonly bounds: LiveBounds;
  readonly engine: Pick<Engine, 'exec'>;
  readonly authentication: ConnectionEntry;
  readonly feed: EventFeed;
  readonly exec: ExecOffers;
  readonly utilization: Utilization;
  readonly #connections = new Map<Peer, string | undefined>();
  readonly #perCaller = new Map<string, number>();

  constructor(options: LiveOptions) {
    const { core, engine, log } = options;
    this.core = core;
    this.region = options.region;
    this.version = options.version;
    this.log = log;
    this.audit = options.audit;
    this.bounds = { ...defaultBounds, ...options.bounds };
    this.engine = engine;
    this.authentication = options.authentication;
    this.feed = new EventFeed(core, log);
    this.exec = new ExecOffers(options.sessions);
    this.utilization = new Utilization({ core, engine });
  }

  get clock(): Clock {
    return this.core.clock;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** `token` is that of the URL. */
  connect(socket: WebSocket, request: FastifyRequest, token: string | undefined): void {
    if (this.#connections.size >= this.bounds.connections) {
      return socket.close(closeCodes.overloaded, 'too many connections');
    }
    const connection = new Connection(this, socket, request, handleMessage);
    this.#connections.set(connection, undefined);
    connection.inOrder(async () => {
      try {
        connection.open(await this.#callerOf(request, token));
      } catch (error) {
        const known = knownError(error);
        if (!known) throw error;
        connection.refuse(new LiveError(known.code, known.message, { field: 'token' }));
      }
    });
  }

  async #callerOf(request: FastifyRequest, token: string | undefined): Promise<Caller | undefined> {
    const { authentication } = this;
    if (token === undefined || authentication.isOff) return authentication.ofRequest(request);
    return authentication.ofUrl(request, token);
  }

  /** Counts the connection as this caller's. False where it has too many. */
  take(connection: Peer, { subject, account }: Principal): boolean {
    const key = `${account} ${subject}`;
    const before = this.#connections.get(connection);
    const held = this.#perCaller.get(key) ?? 0;
    if (before !== key && held >= this.bounds.connectionsPerCaller) return false;
    this.#giveBack(before);
    this.#perCaller.set(key, (this.#perCaller.get(key) ?? 0) + 1);
    this.#connections.set(connection, key);
    return true;
  }

  release(connection: Peer): void {
    this.feed.remove(connection);
    this.#giveBack(this.#connections.get(connection));
    this.#connections.delete(connection);
  }

  /** Tells everyone, and cuts off who does not go. */
  close(): void {
    this.feed.close();
    for (const connection of this.#connections.keys()) {
      connection.disconnect('Server shutdown');
      this.clock.after(this.bounds.closingMs, () => connection.terminate());
    }
  }

  #giveBack(key: string | undefined): void {
    if (key === undefined) return;
    const held = (this.#perCaller.get(key) ?? 1) - 1;
    if (held === 0) this.#perCaller.delete(key);
    else this.#perCaller.set(key, held);
  }
}
