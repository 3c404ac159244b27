/** A process of this machine with those that it started, and their end. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const firstAskMs = 5;
const lastAskMs = 100;

export interface TreeEnd {
  /** Whether a process is one that is meant: numbers are used again, and are others' on another machine. */
  isMeant: (pid: number) => Promise<boolean>;
  /** Between SIGHUP and SIGKILL. */
  graceMs: number;
}

/** SIGHUP to all of them, as a terminal that hangs up; SIGKILL to what is left after the grace. Resolves then. */
export async function endTree(root: number, { isMeant, graceMs }: TreeEnd): Promise<void> {
  const all = await treeOf(root);
  const left = async () =>
    (await Promise.all(all.map(async (pid) => ((await isMeant(pid)) ? [pid] : [])))).flat();
  signal(await left(), 'SIGHUP');
  const deadline = Date.now() + graceMs;
  for (let wait = firstAskMs; Date.now() < deadline; wait = Math.min(wait * 2, lastAskMs)) {
    if ((await left()).length === 0) return;
    await delay(wait);
  }
  signal(await left(), 'SIGKILL');
}

/** Parents before their children. */
async function treeOf(pid: number): Promise<number[]> {
  const children = await Promise.all((await childrenOf(pid)).map(treeOf));
  return [pid, ...children.flat()];
}

/** Of all its threads: proc_pid_task(5). */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = threads.map((thread) =>
    readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''),
  );
  return (await Promise.all(lists)).flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

function signal(pids: readonly number[], name: 'SIGHUP' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Ended by itself, or not ours to end.
    }
  }
}
