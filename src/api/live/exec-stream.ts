/**
 * A process of a container over a WebSocket. Binary frames are bytes behind one that says which stream: 0 standard
 * input, 1 standard output, 2 standard error. Text frames are JSON: the client's `resize` and `eof`, the server's
 * `started`, `exit` and `error`. Neither side gets further ahead of the other than the bound.
 */
import type { RawData, WebSocket } from 'ws';
import { parseArn } from '../../core/arn.ts';
import { AppError, EngineError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports/clock.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { ExecSession } from '../../core/ports/exec.ts';
import { requireScope, seesAccount } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import { isRefusal, watchPermission } from '../auth/permission-watch.ts';
import type { Caller } from './authentication.ts';
import type { LiveBounds } from './bounds.ts';
import { closeCodes, knownError } from './protocol.ts';

export interface ExecOrder {
  /** Asked again while the process runs, which may outlive the right to it. */
  caller: Caller;
  taskArn: string;
  container: string;
  command: readonly string[];
  /** With a terminal. */
  interactive: boolean;
}

export interface ExecSessionsOptions {
  engine: Pick<Engine, 'exec'>;
  clock: Clock;
  log: Log;
  bounds: Pick<
    LiveBounds,
    'execIdleMs' | 'execTotalMs' | 'execSessions' | 'bufferedBytes' | 'heartbeatMs' | 'closingMs'
  >;
}

const channels = { stdin: 0, stdout: 1, stderr: 2 } as const;
const frameBytes = 32 * 1024;
const largestSide = 1000;

export class ExecStream {
  readonly #socket: WebSocket;
  readonly #order: ExecOrder;
  readonly #options: ExecSessionsOptions;
  #session: ExecSession | undefined;
  #idle: Timer | undefined;
  readonly #total: Timer;
  #last: Timer | undefined;
  #watch: Timer | undefined;

  constructor(socket: WebSocket, order: ExecOrder, options: ExecSessionsOptions) {
    this.#socket = socket;
    this.#order = order;
    this.#options = options;
    const { clock, bounds } = options;
    this.#total = clock.after(bounds.execTotalMs, () => this.end('The session has lasted too long'));
    this.#stayAlive();
    socket.once('close', () => this.#closed());
    // Nothing is read before there is somebody to read it.
    socket.pause();
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('ping', (data) => socket.bufferedAmount < bounds.bufferedBytes && socket.pong(data));
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  /** Closes both sides. */
  end(reason: string): void {
    this.#tell({ type: 'error', code: 'SESSION_ENDED', message: reason });
    this.#close(closeCodes.goingAway, reason);
  }

  async #run(): Promise<void> {
    await this.#requirePermission();
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#watchPermission();
    const { taskArn, container, command, interactive } = this.#order;
    const session = await this.#options.engine.exec(taskArn, container, command, { tty: interactive });
    this.#session = session;
    if (this.#socket.readyState !== this.#socket.OPEN) return session.close();
    session.stdin.on('error', () => undefined);
    this.#tell({ type: 'started' });
    this.#socket.resume();
    await Promise.all([
      this.#pump(session.stdout, channels.stdout),
      this.#pump(session.stderr, channels.stderr),
    ]);
    this.#tell({ type: 'exit', exitCode: await session.exitCode });
    this.#close(closeCodes.normal, 'the process has ended');
  }

  /** Throws `Unauthorized`, `Forbidden`, `ResourceNotFound`, or what kept it from finding out. */
  async #requirePermission(): Promise<void> {
    const { caller, taskArn } = this.#order;
    const principal = await caller.recheck();
    requireScope(principal, 'tasks:exec');
    if (seesAccount(principal, parseArn(taskArn)!.accountId)) return;
    throw new AppError('ResourceNotFound', `There is no task '${taskArn}'.`);
  }

  #watchPermission(): void {
    const { clock, bounds, log } = this.#options;
    this.#watch = watchPermission({
      ...{ clock, log, everyMs: bounds.heartbeatMs },
      require: () => this.#requirePermission(),
      end: (refusal) => this.#revoke(refusal),
    });
  }

  #revoke(refusal: AppError): void {
    const { code = '', message } = knownError(refusal) ?? refusal;
    this.#tell({ type: 'error', code: 'SESSION_ENDED', message });
    this.#close(closeCodes.authFailed, code);
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
    if (this.#socket.readyState !== this.#socket.OPEN) throw new Error('the client is gone');
    const mustWait = this.#socket.bufferedAmount > this.#options.bounds.bufferedBytes / 4;
    const sent = new Promise<void>((resolve, reject) => {
      this.#socket.send(frame, (error) => (error ? reject(error) : resolve()));
    });
    if (mustWait) await sent;
    else sent.catch(() => undefined);
  }

  #receive(data: RawData & Buffer, isBinary: boolean): void {
    // What comes after the server's goodbye counts no more.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#stayAlive();
    if (!isBinary) return this.#control(data.toString('utf8'));
    if (data[0] !== channels.stdin) return this.#refuse('binary frames begin with 0, for standard input');
    const { stdin } = this.#session!;
    if (!stdin.writable || stdin.write(data.subarray(1))) return;
    this.#socket.pause();
    stdin.once('drain', () => this.#socket.resume());
  }

  #control(line: string): void {
    const message = parse(line);
    if (message?.type === 'eof') return void this.#session!.stdin.end();
    if (message?.type !== 'resize')
      return this.#refuse('text frames are {"type":"resize","columns","rows"} or {"type":"eof"}');
    const { columns, rows } = message;
    if (!isSide(columns) || !isSide(rows))
      return this.#refuse(`columns and rows are from 1 to ${largestSide}`);
    this.#session!.resize(columns, rows).catch(() => undefined);
  }

  #refuse(message: string): void {
    this.#tell({ type: 'error', code: 'INVALID_REQUEST', message });
    this.#close(closeCodes.policy, 'INVALID_REQUEST');
  }

  #fail(error: unknown): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (isRefusal(error)) return this.#revoke(error);
    const known = error instanceof EngineError;
    if (!known) this.#options.log.error({ err: error }, 'an exec session failed');
    const message = known ? error.message : 'The server failed. Its log says why.';
    this.#tell({ type: 'error', code: known ? error.code : 'INTERNAL_ERROR', message });
    this.#close(closeCodes.failed, 'the process could not be run');
  }

  #tell(message: {
    type: 'started' | 'exit' | 'error';
    exitCode?: number;
    code?: string;
    message?: string;
  }): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #stayAlive(): void {
    const { clock, bounds } = this.#options;
    this.#idle?.cancel();
    this.#idle = clock.after(bounds.execIdleMs, () => this.end('Nothing was said for too long'));
  }

  #close(code: number, reason: string): void {
    this.#socket.resume();
    this.#socket.close(code, reason);
    const { clock, bounds } = this.#options;
    this.#last ??= clock.after(bounds.closingMs, () => this.#socket.terminate());
  }

  #closed(): void {
    for (const timer of [this.#idle, this.#total, this.#last, this.#watch]) timer?.cancel();
    this.#session?.close();
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
