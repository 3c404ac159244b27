import { readFileSync } from 'node:fs';

const lines = { nofile: 'Max open files', nproc: 'Max processes' };
/** What engines set where nothing is said. */
const usual = 1_048_576;

let limits: string | undefined;

/** The hard limit of this process (proc(5), /proc/self/limits), which an engine that it runs beside has as a rule. */
export function ownHardLimit(name: keyof typeof lines): number {
  limits ??= readFileSync('/proc/self/limits', 'utf8');
  const hard = new RegExp(`^${lines[name]}\\s+\\S+\\s+(\\d+)`, 'm').exec(limits)?.[1];
  const allowed = Math.min(Number(hard ?? usual), usual);
  return name === 'nproc' ? Math.min(allowed, pidMax()) : allowed;
}

/** Podman lowers its own limit of processes to it before it starts anything. */
function pidMax(): number {
  return Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
}
