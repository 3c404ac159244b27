import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessInfo {
  pid: number;
  argv: string[];
}

const POLL_MS = 10;

/** Processes of this machine whose arguments satisfy `matches`. Zombies have no arguments and never do. */
export async function findProcesses(matches: (argv: string[]) => boolean): Promise<ProcessInfo[]> {
  const found = await Promise.all(
    (await pids()).map(async (pid) => {
      const argv = await commandLine(pid);
      return argv && matches(argv) ? [{ pid, argv }] : [];
    }),
  );
  return found.flat();
}

export async function environmentOf(pid: number): Promise<Map<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return new Map(
    text
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry): [string, string] => [
        entry.slice(0, entry.indexOf('=')),
        entry.slice(entry.indexOf('=') + 1),
      ]),
  );
}

/** Asks the process to end, and after `graceMs` makes it. Resolves when it is gone. */
export async function terminate(pid: number, graceMs: number): Promise<void> {
  signal(pid, 'SIGTERM');
  if (!(await isGoneWithin(pid, graceMs))) await kill(pid);
}

/** Ends the process at once. Resolves when it is gone. */
export async function kill(pid: number): Promise<void> {
  signal(pid, 'SIGKILL');
  if (!(await isGoneWithin(pid, 5_000))) throw new Error(`process ${pid} does not end on SIGKILL`);
}

/** Every process with its parent. */
export async function parents(): Promise<[number, number][]> {
  const all = await Promise.all(
    (await pids()).map(async (pid): Promise<[number, number][]> => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const parent = /^PPid:\t(\d+)$/m.exec(status)?.[1];
      return parent === undefined ? [] : [[pid, Number(parent)]];
    }),
  );
  return all.flat();
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await commandLine(pid)) !== undefined;
}

async function isGoneWithin(pid: number, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(POLL_MS)) {
    if (!(await isRunning(pid))) return true;
  }
  return !(await isRunning(pid));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function commandLine(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text === '' ? undefined : text.replace(/\0$/, '').split('\0');
}

async function pids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}
