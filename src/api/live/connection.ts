/** One WebSocket: who it is, what it subscribed to, and when it has to go. */
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { RawData, WebSocket } from 'ws';
import type { Timer } from '../../core/ports/clock.ts';
import type { Principal } from '../../core/principal.ts';
import type { Caller } from '../auth/connection-entry.ts';
import { catchUp } from './catch-up.ts';
import type { LiveContext, Peer } from './context.ts';
import type { EventType, LiveEvent } from './events.ts';
import { MessageLimit } from './message-limit.ts';
import { Outbound } from './outbound.ts';
import { closeCodes } from '../sockets/close-codes.ts';
import { errorMessage, knownError, LiveError, type ServerMessage } from './protocol.ts';
import { matches, mayPerceive, type Subscription } from './subscription.ts';
import { WorkQueue } from './work-queue.ts';

/** Answers with an error where something is wrong; never rejects. */
export type HandleMessage = (connection: Connection, line: string) => Promise<void>;

export class Connection implements Peer {
  readonly sessionId = `ws-${randomBytes(12).toString('hex')}`;
  readonly request: FastifyRequest;
  readonly subscriptions = new Map<string, Subscription>();
  readonly hub: LiveContext;
  readonly #socket: WebSocket;
  readonly #outbound: Outbound;
  readonly #limit: MessageLimit;
  readonly #handle: HandleMessage;
  #caller: Caller | undefined;
  #timer: Timer | undefined;
  #unpause: Timer | undefined;
  #isAwaited = false;
  readonly #work: WorkQueue;

  constructor(hub: LiveContext, socket: WebSocket, request: FastifyRequest, handle: HandleMessage) {
    this.#handle = handle;
    this.hub = hub;
    this.request = request;
    this.#socket = socket;
    this.#outbound = new Outbound(socket, hub.clock, hub.bounds.bufferedBytes);
    const { messagesPerSecond, waitingMessages: steps, waitingBytes: bytes } = hub.bounds;
    this.#limit = new MessageLimit(messagesPerSecond, hub.clock);
    this.#work = new WorkQueue({ steps, bytes }, () => this.#readOrPause());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', (data) => this.#pinged(data));
    socket.on('pong', () => (this.#isAwaited = false));
    socket.once('close', () => this.#closed());
  }

  /** Messages are handled one after the other: whoever sends `auth` and `subscribe` at once means them in this order. */
  inOrder(step: () => void | Promise<void>, bytes = 0): void {
    this.#work.add(async () => {
      try {
        await step();
      } catch (error) {
        this.answerError(error);
      }
    }, bytes);
  }

  /** Begins with the caller that the upgrade showed, or waits for one. */
  open(caller: Caller | undefined): void {
    if (caller) return this.admit(caller);
    const { authenticationMs } = this.hub.bounds;
    this.#timer = this.hub.clock.after(authenticationMs, () =>
      this.refuse(new LiveError('AUTH_FAILED', `No credential within ${authenticationMs / 1000} s`)),
    );
  }

  admit(caller: Caller): void {
    const isNew = this.#caller === undefined;
    if (!this.hub.take(this, caller.principal)) {
      const error = new LiveError('RATE_LIMIT_EXCEEDED', 'Too many connections of this caller');
      return this.fail(error, closeCodes.overloaded);
    }
    this.#caller = caller;
    if (!isNew) return;
    this.#timer?.cancel();
    this.send({
      type: 'connected',
      payload: { sessionId: this.sessionId, serverVersion: this.hub.version },
    });
    this.#beat();
  }

  /** Undefined until it is authenticated. */
  get principal(): Principal | undefined {
    return this.#caller?.principal;
  }

  get caller(): Caller | undefined {
    return this.#caller;
  }

  send(message: ServerMessage): void {
    this.#outbound.send(message);
  }

  refuse(error: LiveError): void {
    this.fail(error, closeCodes.authFailed);
  }

  fail(error: LiveError, code: Parameters<Outbound['close']>[0], id?: string): void {
    this.send(errorMessage(error, id));
    this.#outbound.close(code, error.code);
    this.#dropSoon();
  }

  /** Says why, and closes. */
  disconnect(reason: string): void {
    this.send({ type: 'disconnecting', payload: { reason, code: closeCodes.goingAway } });
    this.#outbound.close(closeCodes.goingAway, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  subscribe(subscription: Subscription): void {
    this.subscriptions.set(subscription.id, subscription);
    this.hub.feed.add(this);
    const target = {
      isOpen: () => this.#isOpen && this.subscriptions.get(subscription.id) === subscription,
      drained: () => this.#outbound.drained(),
      replay: (event: LiveEvent) => {
        if (this.#perceives(event)) this.#outbound.event(event);
      },
    };
    catchUp(this.hub.feed, subscription, target).catch((error: unknown) => {
      this.subscriptions.delete(subscription.id);
      this.answerError(error, subscription.id);
    });
  }

  unsubscribe(id: string): boolean {
    const known = this.subscriptions.delete(id);
    if (this.subscriptions.size === 0) this.hub.feed.remove(this);
    return known;
  }

  wants(type: EventType): boolean {
    for (const { types } of this.subscriptions.values()) if (types.has(type)) return true;
    return false;
  }

  /** Once, however many subscriptions it matches. */
  offer(event: LiveEvent): void {
    for (const subscription of this.subscriptions.values()) {
      if (!subscription.live || !matches(subscription, event)) continue;
      if (this.#perceives(event)) this.#outbound.event(event);
      return;
    }
  }

  answerError(error: unknown, id?: string): void {
    const known = knownError(error);
    if (!known) this.hub.log.error({ err: error, requestId: this.request.id }, 'a WebSocket message failed');
    const internal = new LiveError('INTERNAL_ERROR', 'The server failed to answer. Its log says why.', {
      reason: `request id ${this.request.id}`,
    });
    this.send(errorMessage(known ?? internal, id));
  }

  #perceives(event: LiveEvent): boolean {
    return this.#caller !== undefined && mayPerceive(this.#caller.principal, event);
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#isAwaited = false;
    if (!this.#isOpen || !this.#mayPass()) return;
    if (isBinary) {
      const error = new LiveError('INVALID_REQUEST', 'Messages are JSON text, not binary frames');
      return this.send(errorMessage(error));
    }
    // Never fragments: the socket gives one buffer.
    const bytes = data as Buffer;
    const line = bytes.toString('utf8');
    this.inOrder(() => (this.#isOpen ? this.#handle(this, line) : undefined), bytes.length);
  }

  /** A protocol ping costs an answer like any message, and one that nobody reads is not given. */
  #pinged(data: Buffer): void {
    if (!this.#isOpen || !this.#mayPass()) return;
    if (this.#socket.bufferedAmount < this.hub.bounds.bufferedBytes) this.#socket.pong(data);
  }

  #mayPass(): boolean {
    const verdict = this.#limit.judge();
    if (verdict === 'pass') return true;
    if (verdict === 'ignore') return false;
    const { messagesPerSecond } = this.hub.bounds;
    const consequence = {
      warn: 'The messages above it are not done.',
      pause: 'Nothing more is read for a second.',
      close: 'The connection ends.',
    }[verdict];
    const error = new LiveError('RATE_LIMIT_EXCEEDED', 'Too many messages', {
      reason: `More than ${messagesPerSecond} messages in a second. ${consequence}`,
    });
    if (verdict === 'close') this.fail(error, closeCodes.policy);
    else this.send(errorMessage(error));
    if (verdict === 'pause') {
      this.#unpause = this.hub.clock.after(1000, () => {
        this.#unpause = undefined;
        this.#readOrPause();
      });
      this.#readOrPause();
    }
    return false;
  }

  #readOrPause(): void {
    if (this.#isOpen && (this.#work.isFull || this.#unpause)) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Every half a minute: is anybody there, and is the credential still good? */
  #beat(): void {
    this.#timer = this.hub.clock.after(this.hub.bounds.heartbeatMs, () => {
      // A pong that we do not read is no silence.
      if (this.#isAwaited && !this.#socket.isPaused) {
        this.#outbound.close(closeCodes.silent, 'no pong');
        return this.#dropSoon();
      }
      this.#isAwaited = true;
      this.send({ type: 'ping' });
      this.#beat();
      void this.#recheck();
    });
  }

  async #recheck(): Promise<void> {
    const caller = this.#caller!;
    try {
      const principal = await caller.recheck();
      if (this.#caller === caller) this.#caller = { ...caller, principal };
    } catch (error) {
      const known = knownError(error);
      if (known?.code === 'AUTH_FAILED') this.refuse(known);
      else this.hub.log.warn({ err: error }, 'a credential could not be checked again');
    }
  }

  /** A peer that does not answer the close has no more say. */
  #dropSoon(): void {
    this.#timer?.cancel();
    this.#unpause?.cancel();
    this.#socket.resume();
    this.#timer = this.hub.clock.after(this.hub.bounds.closingMs, () => this.#socket.terminate());
  }

  #closed(): void {
    this.#timer?.cancel();
    this.#unpause?.cancel();
    this.subscriptions.clear();
    this.hub.release(this);
  }
}
