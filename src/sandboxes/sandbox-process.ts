/** One started sandbox: the OCI runtime that holds it, its channel and its output. Knows nothing of functions. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Launch } from '../core/ports/runtime.ts';
import { bundleConfiguration } from './bundle.ts';
import type { ProcessLimits } from './bundle.ts';
import { FrameReader, encodeFrame } from './frames.ts';
import type { SandboxHost } from './host.ts';
import { OutputCapture } from './output.ts';

export interface StartOptions {
  id: string;
  launch: Launch;
  memoryBytes: number;
  cpuShares: number;
  limits: ProcessLimits;
  /** Of one frame that it may send. */
  maxFrameBytes: number;
  timeoutMs: number;
  /** Nobody wants it any more: then it is killed and the start fails. */
  signal?: AbortSignal;
}

/** What happens to it. Set by whoever uses it; before, it is not expected to say anything. */
export interface ProcessListener {
  frame(text: string): void;
  /** It sent what no launcher sends. */
  violation(reason: string): void;
  /** It writes output without end. */
  flood(): void;
  /** Its end of the channel is closed: it has ended, or is about to. */
  channelClosed(): void;
}

export interface ProcessExit {
  /** Of its first process: as a shell counts, 128 and the signal's number where a signal ended it. */
  code: number;
  /** We killed it. */
  killed: boolean;
}

const CHANNEL = 3;
/** For the OCI runtime to clear up after a sandbox that was killed through it. */
const RUNTIME_GRACE_MS = 500;
const PID_TIMEOUT_MS = 5_000;
/** From the beginning of one turn to that of the next: several times what one takes. */
const REHEARSAL_PAUSE_MS = 10;

export class SandboxProcess {
  readonly id: string;
  readonly output = new OutputCapture();
  /** Resolves when its processes are gone and their output is read. Never rejects. */
  readonly stopped: Promise<ProcessExit>;
  /** Resolves when also nothing of it is left on the machine. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  listener: ProcessListener | undefined;
  readonly #host: SandboxHost;
  readonly #child: ChildProcess;
  readonly #channel: Socket;
  readonly #frames: FrameReader;
  readonly #rehearsals: number;
  #rehearsal: NodeJS.Timeout | undefined;
  #init: { pid: number; startTime: string } | undefined;
  #killed = false;
  #killing: Promise<void> | undefined;
  #ended = false;

  constructor(host: SandboxHost, child: ChildProcess, options: StartOptions, slot: number) {
    this.id = options.id;
    this.#host = host;
    this.#child = child;
    this.#channel = child.stdio[CHANNEL] as Socket;
    this.#frames = new FrameReader(options.maxFrameBytes);
    this.#rehearsals = options.launch.rehearsals ?? 0;
    this.stopped = new Promise((resolve) => {
      const finish = (code: number) => {
        this.#ended = true;
        this.#channel.destroy();
        resolve({ code, killed: this.#killed });
      };
      // `close` comes when the output is read to its end; `error` where the runtime could not be started.
      child.once('close', (code, signal) => finish(code ?? (signal === 'SIGKILL' ? 137 : 1)));
      child.once('error', () => finish(127));
    });
    this.exited = this.stopped.then(async (exit) => {
      await this.#cleanUp(slot);
      return exit;
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (chunk: Buffer) => {
        if (!this.output.add(stream, chunk)) this.listener?.flood();
      });
      child[stream]?.on('error', () => {});
    }
    this.#channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    // Writing to one that has just ended fails; `end` tells.
    this.#channel.on('error', () => {});
    this.#channel.once('close', () => this.listener?.channelClosed());
    this.#channel.once('end', () => this.listener?.channelClosed());
  }

  /** For one that waits to be claimed; it says nothing to that. Who claims it meanwhile waits for one turn at most. */
  rehearse(): void {
    let left = this.#rehearsals;
    this.#rehearsal = setInterval(() => {
      if (left === 0 || this.#killed || this.#ended) return this.endRehearsal();
      left -= 1;
      this.send('{"rehearse":true}');
    }, REHEARSAL_PAUSE_MS);
    this.#rehearsal.unref();
  }

  endRehearsal(): void {
    clearInterval(this.#rehearsal);
  }

  send(text: string): void {
    this.#channel.write(encodeFrame(text));
  }

  /** SIGKILL to its first process, with which the kernel ends all others. Returns at once; see `exited`. */
  kill(): void {
    if (this.#ended || this.#killed) return;
    this.#killed = true;
    if (this.#init === undefined) {
      this.#killing = this.#killByRuntime();
      return;
    }
    // Where it has just ended by itself, the runtime is clearing up already.
    if (startTimeOf(this.#init.pid) !== this.#init.startTime) return;
    try {
      process.kill(this.#init.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    this.#host.cgroups.freeze(this.id, false);
  }

  /** Once it is started its process is known, and can be killed without asking the runtime. */
  isProcess(pid: number): void {
    const startTime = startTimeOf(pid);
    if (startTime !== undefined) this.#init = { pid, startTime };
  }

  get hostPid(): number | undefined {
    return this.#init?.pid;
  }

  async #killByRuntime(): Promise<void> {
    // The runtime may not have got so far that it knows the name; then it is killed itself.
    await this.#host.removeContainer(this.id).catch(() => {});
    const deadline = performance.now() + RUNTIME_GRACE_MS;
    while (!this.#ended && performance.now() < deadline) await delay(5);
    if (!this.#ended) this.#child.kill('SIGKILL');
    await this.#host.removeContainer(this.id).catch(() => {});
    await this.#host.cgroups.removeOne(this.id).catch(() => {});
  }

  async #cleanUp(slot: number): Promise<void> {
    await this.#killing;
    await rm(this.#host.bundle(this.id), { recursive: true, force: true }).catch(() => {});
    this.#host.freeSlot(slot);
  }

  #receive(chunk: Buffer): void {
    let frames: string[];
    try {
      frames = this.#frames.push(chunk);
    } catch (error) {
      this.#channel.destroy();
      this.listener?.violation((error as Error).message);
      return;
    }
    for (const frame of frames) this.listener?.frame(frame);
  }
}

/** Field 22 of /proc/pid/stat: tells a process from a later one with the same number. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Resolves when the launcher inside says that it is ready. Throws with what the runtime or the launcher complained. */
export async function startSandboxProcess(host: SandboxHost, options: StartOptions): Promise<SandboxProcess> {
  const { slot, firstUid } = host.takeSlot();
  const bundle = host.bundle(options.id);
  const configuration = bundleConfiguration({
    ...options,
    root: host.root,
    cgroup: host.cgroups.path(options.id),
    firstUid,
  });
  try {
    await mkdir(bundle);
    await writeFile(join(bundle, 'config.json'), JSON.stringify(configuration));
  } catch (error) {
    host.freeSlot(slot);
    throw error;
  }
  const pidFile = join(bundle, 'pid');
  const [program = '', ...args] = host.command(
    'run',
    ...['--bundle', bundle, '--preserve-fds', '1', '--pid-file', pidFile],
    options.id,
  );
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  // With no file descriptors left there is no channel, and the child tells by `error` alone.
  child.on('error', () => {});
  if (!(child.stdio as unknown[] | undefined)?.[CHANNEL]) {
    child.kill('SIGKILL');
    await rm(bundle, { recursive: true, force: true }).catch(() => {});
    host.freeSlot(slot);
    throw new Error('the OCI runtime could not be started: no file descriptors or processes are left');
  }
  const started = new SandboxProcess(host, child, options, slot);
  started.output.begin(16_384);
  await readiness(started, options);
  try {
    started.isProcess(await pidIn(pidFile));
  } catch (error) {
    started.kill();
    await started.exited;
    throw error;
  }
  started.output.begin(0);
  return started;
}

/** The runtime writes the file after it has started the process, which may be ready before. */
async function pidIn(file: string): Promise<number> {
  for (const deadline = performance.now() + PID_TIMEOUT_MS; performance.now() < deadline; await delay(1)) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (Number.isSafeInteger(pid) && pid > 1) return pid;
  }
  throw new Error('the OCI runtime did not say which process it started');
}

function readiness(
  started: SandboxProcess,
  { timeoutMs, signal }: Pick<StartOptions, 'timeoutMs' | 'signal'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      started.listener = undefined;
    };
    const fail = (reason: string) => {
      settled();
      started.kill();
      void started.exited.then(({ code }) => {
        const { stdout, stderr } = started.output.get();
        const complaint = `${stderr}${stdout}`.trim() || `ended with ${code}`;
        reject(new Error(`${reason}: ${complaint}`));
      });
    };
    const abort = () => fail('nobody waits for the sandbox any more');
    const timer = setTimeout(() => fail(`the sandbox was not ready within ${timeoutMs} ms`), timeoutMs);
    started.listener = {
      frame(text) {
        if (text !== '{"ready":true}') return fail('the sandbox did not say that it is ready');
        settled();
        resolve();
      },
      violation: fail,
      flood: () => fail('the sandbox wrote output without end'),
      channelClosed: () => fail('the sandbox did not start'),
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
