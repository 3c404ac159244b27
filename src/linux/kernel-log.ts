/** What the kernel's log says, where it may be read. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** More than the kernel keeps. */
const mostBytes = 32 * 1024 * 1024;

let reading: Promise<string[]> | undefined;

/**
 * Control groups of processes that the kernel ended because their group was out of memory, as far back as its log goes.
 * Empty where it may not be read. Whoever asks while it is read shares the answer.
 */
export function groupsKilledForMemory(): Promise<string[]> {
  reading ??= run('dmesg', ['--kernel'], { maxBuffer: mostBytes })
    .then(({ stdout }) => killedGroups(stdout))
    .catch(() => [])
    .finally(() => (reading = undefined));
  return reading;
}

/** Linux 5.0 and later say `oom-kill:constraint=CONSTRAINT_MEMCG,…,task_memcg=<path>,task=<name>,…`. */
export const killedGroups = (log: string): string[] =>
  [...log.matchAll(/\boom-kill:constraint=CONSTRAINT_MEMCG,.*?,task_memcg=([^,\n]+),/g)].map(
    ([, group = '']) => group,
  );
