/** Runs build orders: each in a sandbox of its own, which has more room than those of functions and is gone after. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOrder, Launch } from '../core/ports/runtime.ts';
import { SandboxError } from '../core/ports/sandbox.ts';
import { filesOf } from '../linux/programs.ts';
import { CPU_SHARES, type ProcessLimits } from './bundle.ts';
import { ClaimedSandbox } from './claimed-sandbox.ts';
import type { SandboxHost } from './host.ts';
import { startSandboxProcess } from './sandbox-process.ts';

// Shipped as source: the path is the same from src/ and from dist/.
const PROGRAM = fileURLToPath(new URL('../../src/sandboxes/builder.mjs', import.meta.url));
const INSIDE = '/launcher/builder.mjs';
const MIB = 1 << 20;

const LIMITS: ProcessLimits = {
  pids: 64,
  openFiles: 1_024,
  diskBytes: 256 * MIB,
  diskFiles: 4_096,
  cores: 2,
};
const MEMORY_BYTES = Math.min(1_024 * MIB, Math.floor(totalmem() / 2 / MIB) * MIB);
const START_TIMEOUT_MS = 20_000;
/** Of everything that an order makes, in base64. */
const MOST_OUTPUT_BYTES = 64 * MIB;
const FILE_NAME = /^[\w-][\w.-]*$/;

/** A command of the order failed. */
export class BuildFailed extends Error {
  /** What it wrote to standard error. */
  readonly output: string;

  /** `reason`: how it ended. */
  constructor(reason: string, output: string) {
    super(reason);
    this.name = 'BuildFailed';
    this.output = output;
  }
}

/** `directories`: of this machine, outside /usr, that the commands need. */
export function builderLaunch(directories: readonly string[]): Launch {
  const program = realpathSync(process.execPath);
  return {
    argv: [program, '--max-old-space-size=256', INSIDE],
    environment: { NODE_NO_WARNINGS: '1' },
    files: { [INSIDE]: PROGRAM },
    directories: [...filesOf(program), ...directories],
  };
}

export interface Build {
  order: BuildOrder;
  /** For people: what takes too long or too much. */
  what: string;
  timeoutMs: number;
  /** Where what it makes is put: an empty directory. */
  target: string;
  signal: AbortSignal;
}

/** Throws `BuildFailed`, and `SandboxError` where there was no sandbox for it; then nothing of it is left. */
export async function build(host: SandboxHost, launch: Launch, request: Build): Promise<void> {
  const { order, what, timeoutMs, target, signal } = request;
  const started = await startSandboxProcess(host, {
    id: `sandbox-${randomBytes(8).toString('hex')}`,
    launch,
    memoryBytes: MEMORY_BYTES,
    cpuShares: CPU_SHARES.claimed,
    limits: LIMITS,
    maxFrameBytes: MOST_OUTPUT_BYTES,
    timeoutMs: START_TIMEOUT_MS,
    signal,
  }).catch((error: Error) => {
    throw new SandboxError('UNAVAILABLE', `no sandbox could be started for ${what}: ${error.message}`);
  });
  const bytes = { memoryBytes: MEMORY_BYTES, outputBytes: 0, resultBytes: MOST_OUTPUT_BYTES };
  const use = { principal: 'builder', session: started.id };
  const sandbox = new ClaimedSandbox(
    started,
    { runtime: 'builder', use },
    { ...bytes, paramsBytes: MOST_OUTPUT_BYTES },
    { afterMs: timeoutMs, freeze: () => {} },
  );
  const abort = () => void sandbox.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { result } = await sandbox.invoke({ params: order, context: {}, timeoutMs });
    await keep(result, target);
  } catch (error) {
    throw signal.aborted ? signal.reason : inWords(error, what, timeoutMs);
  } finally {
    signal.removeEventListener('abort', abort);
    await sandbox.destroy();
  }
}

/** What comes out of the sandbox is a stranger's: read member by member. */
async function keep(result: unknown, target: string): Promise<void> {
  const { failed, outputs } = result as {
    failed?: { reason: unknown; output: unknown };
    outputs?: Record<string, unknown>;
  };
  if (failed !== undefined) throw new BuildFailed(String(failed.reason), String(failed.output));
  for (const [name, content] of Object.entries(outputs ?? {})) {
    if (!FILE_NAME.test(name) || typeof content !== 'string') throw new BuildFailed('it made no file', '');
    await writeFile(join(target, name), content, { encoding: 'base64', mode: 0o755, flag: 'wx' });
  }
}

/** Limits that are the builder's are no fault of the machine. */
function inWords(error: unknown, what: string, timeoutMs: number): unknown {
  if (!(error instanceof SandboxError)) return error;
  if (error.code === 'TIMEOUT') return new BuildFailed(`${what} takes longer than ${timeoutMs / 1000} s`, '');
  if (error.code === 'OUT_OF_MEMORY')
    return new BuildFailed(`${what} takes more than ${MEMORY_BYTES / MIB} MiB of memory`, '');
  return new BuildFailed(`${what} failed: ${error.message}`, '');
}
