/**
 * A process of a container over a WebSocket. Binary frames are bytes behind one that says which stream: 0 standard
 * input, 1 standard output, 2 standard error. Text frames are JSON: the client's `resize` and `eof`, the server's
 * `started`, `exit` and `error`. Neither side gets further ahead of the other than the bound.
 */
import type { RawData, WebSocket } from 'ws';
import { AppError, EngineError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports/clock.ts';
import type { ExecSession } from '../../core/ports/exec.ts';
import type { Log } from '../../telemetry/log.ts';
import { isRefusal, watchPermission } from '../auth/permission-watch.ts';
import { closeCodes } from './close-codes.ts';

export interface ExecOrder {
  /** Whose session it is: `holderName`. */
  holder: string;
  /** Rejects where the caller may not, or not any more: asked again while the process runs, which may outlive the right. */
  requirePermission(): Promise<void>;
  start(): Promise<ExecSession>;
  words: ExecWords;
}

/** How a face says what is no bytes of the process. */
export interface ExecWords {
  /** Beside `type: exit`. */
  exit(code: number): object;
  fault(fault: ExecFault): ExecGoodbye;
}

export type ExecFault =
  /** Nothing was said for too long, or it has lasted too long. */
  | { kind: 'late'; message: string }
  | { kind: 'shutdown'; message: string }
  /** The caller may not, or not any more. */
  | { kind: 'refused'; error: AppError }
  /** What the client sent is no frame of this protocol. */
  | { kind: 'misspoken'; message: string }
  /** It could not be run, or the engine lost it. */
  | { kind: 'failed'; error: unknown };

export interface ExecGoodbye {
  /** Beside `type: error`. */
  told: object;
  /** Of the WebSocket. */
  closeCode: number;
  reason: string;
}

/** Times in milliseconds. */
export interface ExecBounds {
  /** Without a byte in either direction. */
  execIdleMs: number;
  execTotalMs: number;
  execSessions: number;
  /** What a slow reader may leave lying: bytes. */
  bufferedBytes: number;
  /** Between pings, for the answer to one, and between looks whether the caller still may. */
  heartbeatMs: number;
  /** For the peer's part in closing. */
  closingMs: number;
}

export interface ExecSessionsOptions {
  clock: Clock;
  log: Log;
  bounds: ExecBounds;
}

const channels = { stdin: 0, stdout: 1, stderr: 2 } as const;
const frameBytes = 32 * 1024;
export const largestSide = 1000;

export class ExecStream {
  readonly #socket: WebSocket;
  readonly #order: ExecOrder;
  readonly #options: ExecSessionsOptions;
  readonly #timers = new Map<'idle' | 'total' | 'last' | 'watch' | 'beat', Timer>();
  /** What came with the client's first words, before there was somebody to read it: nothing more is read until then. */
  #early: { data: Buffer; isBinary: boolean }[] = [];
  #session: ExecSession | undefined;
  #isAwaited = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, order: ExecOrder, options: ExecSessionsOptions) {
    this.#socket = socket;
    this.#order = order;
    this.#options = options;
    const { clock, bounds } = options;
    const late = () => this.#end({ kind: 'late', message: 'The session has lasted too long' });
    this.#timers.set('total', clock.after(bounds.execTotalMs, late));
    this.#stayAlive();
    this.#beat();
    socket.once('close', () => this.#closed());
    socket.pause();
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('ping', (data) => socket.bufferedAmount < bounds.bufferedBytes && socket.pong(data));
    socket.on('pong', () => (this.#isAwaited = false));
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  /** Closes both sides. Resolves when the process has ended, as far as that can be seen to. */
  async shutDown(): Promise<void> {
    this.#end({ kind: 'shutdown', message: 'Server shutdown' });
    await this.#endProcess();
  }

  async #run(): Promise<void> {
    const order = this.#order;
    await order.requirePermission();
    if (!this.#isOpen) return;
    this.#watchPermission();
    const session = await order.start();
    this.#session = session;
    if (!this.#isOpen) return void this.#endProcess();
    session.stdin.on('error', () => undefined);
    this.#tell('started');
    this.#socket.resume();
    for (const { data, isBinary } of this.#early.splice(0)) this.#receive(data, isBinary);
    await Promise.all([
      this.#pump(session.stdout, channels.stdout),
      this.#pump(session.stderr, channels.stderr),
    ]);
    this.#tell('exit', order.words.exit(await session.exitCode));
    this.#close(closeCodes.normal, 'the process has ended');
  }

  #watchPermission(): void {
    const { clock, bounds, log } = this.#options;
    const watch = watchPermission({
      ...{ clock, log, everyMs: bounds.heartbeatMs },
      require: () => this.#order.requirePermission(),
      end: (error) => this.#end({ kind: 'refused', error }),
    });
    this.#timers.set('watch', watch);
  }

  async #pump(from: NodeJS.ReadableStream, channel: number): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      this.#stayAlive();
      for (let at = 0; at < chunk.length; at += frameBytes) {
        await this.#send(Buffer.concat([Buffer.of(channel), chunk.subarray(at, at + frameBytes)]));
      }
    }
  }

  /** Waits where the client has more before it than it takes. */
  async #send(frame: Buffer): Promise<void> {
    if (!this.#isOpen) throw new Error('the client is gone');
    const mustWait = this.#socket.bufferedAmount > this.#options.bounds.bufferedBytes / 4;
    const sent = new Promise<void>((resolve, reject) => {
      this.#socket.send(frame, (error) => (error ? reject(error) : resolve()));
    });
    if (mustWait) await sent;
    else sent.catch(() => undefined);
  }

  #receive(data: RawData & Buffer, isBinary: boolean): void {
    // What comes after the server's goodbye counts no more.
    if (!this.#isOpen) return;
    this.#stayAlive();
    this.#isAwaited = false;
    if (this.#session === undefined) return void this.#early.push({ data, isBinary });
    if (!isBinary) return this.#control(data.toString('utf8'), this.#session);
    if (data[0] !== channels.stdin) return this.#refuse('binary frames begin with 0, for standard input');
    const { stdin } = this.#session;
    if (!stdin.writable || stdin.write(data.subarray(1))) return;
    this.#socket.pause();
    stdin.once('drain', () => this.#socket.resume());
  }

  #control(line: string, session: ExecSession): void {
    const message = parse(line);
    if (message?.type === 'eof') return void session.stdin.end();
    if (message?.type !== 'resize')
      return this.#refuse('text frames are {"type":"resize","columns","rows"} or {"type":"eof"}');
    const { columns, rows } = message;
    if (!isSide(columns) || !isSide(rows))
      return this.#refuse(`columns and rows are from 1 to ${largestSide}`);
    session.resize(columns, rows).catch(() => undefined);
  }

  #refuse(message: string): void {
    this.#end({ kind: 'misspoken', message });
  }

  #fail(error: unknown): void {
    if (!this.#isOpen) return;
    if (isRefusal(error)) return this.#end({ kind: 'refused', error });
    const isKnown = error instanceof EngineError || error instanceof AppError;
    if (!isKnown) this.#options.log.error({ err: error }, 'an exec session failed');
    this.#end({ kind: 'failed', error });
  }

  #end(fault: ExecFault): void {
    const { told, closeCode, reason } = this.#order.words.fault(fault);
    this.#tell('error', told);
    this.#close(closeCode, reason);
  }

  #tell(type: 'started' | 'exit' | 'error', more: object = {}): void {
    if (this.#isOpen) this.#socket.send(JSON.stringify({ type, ...more }));
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #stayAlive(): void {
    const { clock, bounds } = this.#options;
    this.#timers.get('idle')?.cancel();
    const late = () => this.#end({ kind: 'late', message: 'Nothing was said for too long' });
    this.#timers.set('idle', clock.after(bounds.execIdleMs, late));
  }

  /** Whether anybody is still there: a connection that was cut without a word is found out by nothing else. */
  #beat(): void {
    const { clock, bounds } = this.#options;
    const beat = () => {
      // A pong that we do not read is no silence.
      if (this.#isAwaited && !this.#socket.isPaused) return this.#socket.terminate();
      this.#isAwaited = true;
      if (this.#isOpen) this.#socket.ping();
      this.#beat();
    };
    this.#timers.set('beat', clock.after(bounds.heartbeatMs, beat));
  }

  #close(code: number, reason: string): void {
    this.#socket.resume();
    this.#socket.close(code, reason);
    const { clock, bounds } = this.#options;
    if (this.#timers.has('last')) return;
    this.#timers.set(
      'last',
      clock.after(bounds.closingMs, () => this.#socket.terminate()),
    );
  }

  #closed(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    void this.#endProcess();
  }

  #endProcess(): Promise<void> {
    if (this.#session !== undefined) this.#ended = this.#session.close();
    return this.#ended;
  }
}

function parse(line: string): { type?: unknown; columns?: unknown; rows?: unknown } | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isSide = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largestSide;
