/**
 * The one judge of what a container may get of the machine, whichever face it came through. Denied unless the
 * operator opened it: bind mounts need their directory under `--host-path`, and what amounts to root on the machine
 * needs `--host-path /`.
 */
import type { HostPathPolicy } from './context.ts';
import { AppError } from './errors.ts';
import type { TaskSpec } from './ports/engine.ts';

/** Capabilities with which a process can leave its container (capabilities(7)). */
const MACHINE_CAPABILITIES = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'PERFMON',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PACCT',
  'SYS_RAWIO',
  'SYS_TIME',
  'WAKE_ALARM',
]);

/** Throws InvalidParameter naming what is not allowed and the flag that would allow it. */
export async function judgeTask(spec: TaskSpec, hostPaths: HostPathPolicy): Promise<void> {
  if (!hostPaths.everything) refuseMachineAccess(spec);
  for (const container of spec.containers) {
    for (const { hostPath, volume } of container.mounts) {
      if (hostPath === undefined) continue;
      const refusal = await hostPaths.refusal(hostPath);
      if (refusal) throw denied(`Volume '${volume}' of container '${container.name}': ${refusal}`);
    }
  }
}

function refuseMachineAccess(spec: TaskSpec): void {
  if (spec.pidMode === 'host') throw needsEverything("pidMode 'host'");
  for (const { name, privileged, capabilities } of spec.containers) {
    if (privileged) throw needsEverything(`privileged (container '${name}')`);
    const beyond = capabilities.add.find((capability) => {
      const plain = capability.toUpperCase().replace(/^CAP_/, '');
      return MACHINE_CAPABILITIES.has(plain) || (plain === 'NET_ADMIN' && spec.networkMode === 'host');
    });
    if (beyond) throw needsEverything(`capability ${beyond} (container '${name}')`);
  }
}

function needsEverything(what: string): AppError {
  return denied(
    `${what} gives access to the whole machine. Start the server with --host-path / to allow it.`,
  );
}

function denied(message: string): AppError {
  return new AppError('InvalidParameter', message);
}
