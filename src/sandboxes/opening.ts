/** Getting this machine ready to make sandboxes, and proving that they hold: done once, when they are first needed. */
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { ArtifactStore } from '../core/ports/artifacts.ts';
import type { Launch, Runtime, RuntimeAvailability } from '../core/ports/runtime.ts';
import { builderLaunch } from './builder.ts';
import type { ProcessLimits } from './bundle.ts';
import { ARTIFACTS_INSIDE, kitDirectory } from './compiler.ts';
import { openSandboxHost, type SandboxHost, type SandboxHostOptions } from './host.ts';
import { probe } from './probe.ts';
import { SandboxesUnavailable } from './unavailable.ts';

/** Why something cannot be used, and what to do about it, for people. */
export interface Lack {
  reason: string;
  fix: string;
}

export interface UsableRuntime {
  runtime: Runtime;
  version: string;
}

export interface Opening {
  /** Absent: no sandbox can be made here, or no language is there. */
  host: SandboxHost | undefined;
  usable: readonly UsableRuntime[];
  /** By the runtime's name. */
  lacks: ReadonlyMap<string, Lack>;
  /** Trying again later may help. */
  again: boolean;
}

export const LOOK_FOR_REASON = "see 'longshore doctor' and the server's log";

/** Never throws: what the machine lacks is told of each runtime. */
export async function openForSandboxes(
  options: Omit<SandboxHostOptions, 'launches' | 'shown'> & {
    runtimes: readonly Runtime[];
    artifacts?: ArtifactStore;
  },
  memoryBytes: number,
  limits: ProcessLimits,
): Promise<Opening> {
  const lacks = new Map<string, Lack>();
  const usable: UsableRuntime[] = [];
  const answers = await Promise.all(options.runtimes.map(availabilityOf));
  for (const [index, runtime] of options.runtimes.entries()) {
    const found = answers[index]!;
    if (found.available && runtime.compilation && options.artifacts === undefined)
      lacks.set(runtime.name, { reason: 'compiled code has no place to be kept', fix: LOOK_FOR_REASON });
    else if (found.available) usable.push({ runtime, version: found.version });
    else lacks.set(runtime.name, { reason: found.reason, fix: found.fix });
  }
  if (usable.length === 0) return { host: undefined, usable, lacks, again: false };
  let host: SandboxHost | undefined;
  try {
    const launches = usable.flatMap(({ runtime }) => launchesOf(runtime, memoryBytes));
    const shown = options.artifacts && { [ARTIFACTS_INSIDE]: options.artifacts.directory };
    host = await openSandboxHost({ ...options, launches, ...(shown && { shown }) });
    await probe(host, memoryBytes, limits);
    host.cgroups.limitAll(await shareOfMachine());
    return { host, usable, lacks, again: false };
  } catch (error) {
    await host?.close();
    const fix = error instanceof SandboxesUnavailable ? error.fix : LOOK_FOR_REASON;
    for (const { runtime } of usable) lacks.set(runtime.name, { reason: (error as Error).message, fix });
    return { host: undefined, usable: [], lacks, again: true };
  }
}

/** One that cannot be asked is unavailable itself, and no other. */
export async function availabilityOf(runtime: Runtime): Promise<RuntimeAvailability> {
  try {
    return await runtime.availability();
  } catch (error) {
    return { available: false, reason: (error as Error).message, fix: LOOK_FOR_REASON };
  }
}

/** Everything that is started for its functions. */
function launchesOf(runtime: Runtime, memoryBytes: number): Launch[] {
  const compilation = runtime.compilation?.();
  if (compilation === undefined) return [runtime.launch(memoryBytes)];
  return [runtime.launch(memoryBytes, kitDirectory(compilation)), builderLaunch(compilation.directories)];
}

/** Three quarters of the memory, half of the process numbers. */
async function shareOfMachine(): Promise<{ memoryBytes: number; pids: number }> {
  const pidMax = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  const pageBytes = 4_096;
  return {
    memoryBytes: Math.floor((totalmem() * 0.75) / pageBytes) * pageBytes,
    pids: Math.floor(pidMax / 2),
  };
}
