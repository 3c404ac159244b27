/**
 * Events of a Longshore server over its WebSocket. Connects again when the connection breaks, and goes on after the
 * last event it has seen. For browsers and Node.js; where there is no global WebSocket (Node.js 20), pass that of `ws`.
 */

export interface LongshoreWebSocketOptions {
  /** `ws://127.0.0.1:8080/ws` */
  url: string;
  /** A JWT, an API key or a ticket, sent as the first message. Where it changes: a function, asked at each connect. */
  token?: string | (() => string | Promise<string>);
  /** Connect again when the connection breaks. Default true. */
  reconnect?: boolean;
  /** Milliseconds before that. Default 1000. */
  reconnectInterval?: number;
  /** Default: the global WebSocket. */
  webSocket?: WebSocketClass;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

/** What this client needs of a WebSocket. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export type LiveEventType =
  'cluster' | 'service' | 'task' | 'deployment' | 'scaling' | 'health' | 'container';

export interface SubscribeOptions {
  eventTypes: readonly LiveEventType[];
  /** Names or ARNs. */
  clusters?: readonly string[];
  services?: readonly string[];
  filters?: { status?: readonly string[] };
  /** Id of the last event that was seen. */
  since?: string;
}

export interface LiveMessage<P = Record<string, unknown>> {
  id: string;
  type: string;
  timestamp: string;
  payload: P;
}

export interface LiveEventPayload {
  eventType: LiveEventType;
  action: string;
  [object: string]: unknown;
}

export interface SubscribeAck {
  subscriptionId: string;
  status: 'active';
  /** Id of the last event before this subscription. */
  position: string;
  /** Of a subscription with `since`; `complete` is false where some of what was missed is forgotten already. */
  replay?: { complete: boolean; oldest?: string };
}

export interface ExecuteOptions {
  cluster?: string;
  task: string;
  container?: string;
  command: string | readonly string[];
  interactive?: boolean;
}

export interface MetricsQuery {
  resource: 'task' | 'container' | 'cluster' | 'service';
  resourceArn: string;
  metrics?: readonly ('CPUUtilization' | 'MemoryUtilization')[];
  statistics?: readonly ('Average' | 'Maximum' | 'Minimum')[];
  period?: number;
}

export interface Metric {
  Average?: number;
  Maximum?: number;
  Minimum?: number;
  Unit: 'Percent';
  Datapoints: { Timestamp: string; Value: number }[];
}

/** What the server said with `type: "error"`. */
export class LongshoreError extends Error {
  readonly code: string;
  readonly details: { field?: string; reason?: string };

  constructor(payload: { code: string; message: string; details?: { field?: string; reason?: string } }) {
    super(payload.message);
    this.name = 'LongshoreError';
    this.code = payload.code;
    this.details = payload.details ?? {};
  }
}

interface Listeners {
  connected: (payload: { sessionId: string; serverVersion: string }) => void;
  event: (payload: LiveEventPayload, message: LiveMessage<LiveEventPayload>) => void;
  /** Events were dropped because this client was slow; they are asked for again by itself. */
  dropped: (payload: { count: number; resumeFrom: string }) => void;
  disconnecting: (payload: { reason: string; code: number }) => void;
  /** Errors that answer no request. */
  error: (error: Error) => void;
  close: (event: { code: number; reason: string }) => void;
}

interface Pending {
  resolve: (message: LiveMessage) => void;
  reject: (error: Error) => void;
}

const remembered = 2000;
/** The server would say the same again. */
const final = new Set([4401, 1008]);

export class LongshoreWebSocket {
  readonly #options: LongshoreWebSocketOptions;
  readonly #listeners: { [K in keyof Listeners]?: Set<Listeners[K]> } = {};
  readonly #pending = new Map<string, Pending>();
  readonly #subscriptions = new Map<string, SubscribeOptions>();
  /** Ids of late; a replay may bring them again. */
  readonly #seen = new Set<string>();
  #socket: WebSocketLike | undefined;
  #ready: Promise<void>;
  #onReady: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: string | undefined;
  #count = 0;
  #isClosed = false;
  #failure = new Error('The connection was closed.');

  constructor(options: LongshoreWebSocketOptions) {
    this.#options = options;
    this.#ready = this.#newReady();
    this.#connect();
  }

  on<K extends keyof Listeners>(name: K, listener: Listeners[K]): this {
    const listeners = this.#listeners[name] ?? new Set();
    (this.#listeners as Record<K, Set<Listeners[K]>>)[name] = listeners.add(listener);
    return this;
  }

  off<K extends keyof Listeners>(name: K, listener: Listeners[K]): this {
    this.#listeners[name]?.delete(listener);
    return this;
  }

  /** Rejects with `LongshoreError`. Outlives the connection: it is made again on the next one. */
  async subscribe(options: SubscribeOptions): Promise<SubscribeAck> {
    const id = this.#newId('sub');
    const { payload } = await this.#request(id, 'subscribe', 'events', options);
    const ack = payload as unknown as SubscribeAck;
    this.#subscriptions.set(id, options);
    this.#last ??= ack.position;
    return ack;
  }

  async unsubscribe(subscriptionId: string): Promise<void> {
    this.#subscriptions.delete(subscriptionId);
    await this.#request(this.#newId('unsub'), 'unsubscribe', 'events', { subscriptionId });
  }

  /** Answers with the WebSocket at which the process waits, for half a minute. */
  async execute(options: ExecuteOptions): Promise<{ sessionId: string; websocketUrl: string }> {
    const { payload } = await this.#request(this.#newId('exec'), 'command', 'execute', options);
    return payload as { sessionId: string; websocketUrl: string };
  }

  async getMetrics(query: MetricsQuery): Promise<Record<string, Metric>> {
    const { payload } = await this.#request(this.#newId('metrics'), 'command', 'get_metrics', query);
    return payload['metrics'] as Record<string, Metric>;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#abandon(this.#failure);
  }

  #connect(): void {
    const Socket = this.#options.webSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
    if (!Socket)
      throw new Error('There is no global WebSocket: pass one as `webSocket`, such as that of ws.');
    const socket = new Socket(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => void this.#authenticate(socket);
    socket.onmessage = ({ data }) => this.#receive(String(data));
    // What is wrong comes with the close.
    socket.onerror = () => undefined;
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  async #authenticate(socket: WebSocketLike): Promise<void> {
    const { token } = this.#options;
    if (token === undefined) return;
    try {
      const text = typeof token === 'function' ? await token() : token;
      socket.send(JSON.stringify({ id: this.#newId('auth'), type: 'auth', token: text }));
    } catch (error) {
      this.#emit('error', error as Error);
      socket.close(1000);
    }
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as LiveMessage;
    switch (message.type) {
      case 'connected':
        this.#emit('connected', message.payload as { sessionId: string; serverVersion: string });
        this.#onReady();
        return this.#resume(this.#last);
      case 'ping':
        return this.#send({ type: 'pong' });
      case 'event':
        return this.#event(message as LiveMessage<LiveEventPayload>);
      case 'dropped': {
        const payload = message.payload as { count: number; resumeFrom: string };
        this.#emit('dropped', payload);
        for (const subscriptionId of this.#subscriptions.keys()) {
          const id = this.#newId('unsub');
          this.#send({ id, type: 'unsubscribe', action: 'events', payload: { subscriptionId } });
        }
        return this.#resume(payload.resumeFrom);
      }
      case 'disconnecting':
        return this.#emit('disconnecting', message.payload as { reason: string; code: number });
      default:
        return this.#answer(message);
    }
  }

  #event(message: LiveMessage<LiveEventPayload>): void {
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    if (this.#seen.size > remembered) this.#seen.delete(this.#seen.values().next().value!);
    this.#last = message.id;
    this.#emit('event', message.payload, message);
  }

  #answer(message: LiveMessage): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type !== 'error') return pending?.resolve(message);
    const error = new LongshoreError(message.payload as ConstructorParameters<typeof LongshoreError>[0]);
    if (pending) pending.reject(error);
    else this.#emit('error', error);
  }

  /** Subscribes again to all that was subscribed to. */
  #resume(since: string | undefined): void {
    for (const [id, options] of this.#subscriptions) {
      const payload = { ...options, ...(since !== undefined && { since }) };
      this.#send({ id, type: 'subscribe', action: 'events', payload });
    }
  }

  async #request(id: string, type: string, action: string, payload: object): Promise<LiveMessage> {
    await this.#ready;
    if (this.#isClosed) throw this.#failure;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ id, type, action, payload });
    });
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #closed(code: number, reason: string): void {
    this.#socket = undefined;
    const again = !this.#isClosed && this.#options.reconnect !== false && !final.has(code);
    const error = new Error(`The connection was closed: ${code} ${reason}`);
    if (again) {
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
      this.#ready = this.#newReady();
      this.#timer = setTimeout(() => this.#connect(), this.#options.reconnectInterval ?? 1000);
    } else {
      if (!this.#isClosed) this.#failure = error;
      this.#isClosed = true;
      this.#abandon(error);
    }
    this.#emit('close', { code, reason });
  }

  #abandon(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#onReady();
  }

  #newReady(): Promise<void> {
    return new Promise((resolve) => (this.#onReady = resolve));
  }

  #newId(word: string): string {
    return `${word}-${++this.#count}`;
  }

  #emit<K extends keyof Listeners>(name: K, ...values: Parameters<Listeners[K]>): void {
    const listeners = this.#listeners[name] as Set<(...given: Parameters<Listeners[K]>) => void> | undefined;
    for (const listener of listeners ?? []) listener(...values);
  }
}
