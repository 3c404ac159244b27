/** What sandboxes cost apart from the API: the server's own pool, in this process. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimRequest, SandboxPool } from '../../src/core/ports/sandbox.ts';
import { readFunctionDirectory } from '../../src/function-directory.ts';
import { createRuntimes } from '../../src/runtimes/index.ts';
import { openSandboxPool } from '../../src/sandboxes/pool.ts';
import { openTestArtifacts } from '../../test/fixtures/artifacts.ts';
import { until } from '../../test/fixtures/processes.ts';
import { withPart, type Cleanup } from '../harness/cleanup.ts';
import type { Figures } from '../harness/figures.ts';
import { sampleDirectory, type Language } from './language.ts';

const claims = 25;
const coldClaims = 15;
/** The sandbox that was started last, and what removes the one before, are still at work for a moment. */
const settleMs = 50;
/** As many as the server keeps. */
const warm = 4;
/** Enough of them that what they share is divided. */
const idle = 8;

export async function measurePool(cleanup: Cleanup, language: Language, figures: Figures): Promise<void> {
  const { name, goals } = language;
  const measure = <T>(warm: number, work: (pool: OpenPool) => Promise<T>) =>
    withPart(cleanup, async (part) => work(await openPool(part, language, warm)));

  const ready = await measure(warm, claimTimes);
  figures.put(`claim p50 (${name})`, 'ms', ready, { goal: { atMost: 2 } });
  const cold = await measure(0, coldClaimTimes);
  figures.put(`cold from empty p50 (${name})`, 'ms', cold, {
    ...(goals.coldMs !== undefined && { goal: { atMost: goals.coldMs } }),
  });
  const memory = await measure(idle, memoryOfIdle);
  figures.put(`memory per idle sandbox (${name})`, 'MiB', [memory.shared]);
  figures.put(`memory per idle sandbox, its own alone (${name})`, 'MiB', [memory.own]);
}

interface OpenPool {
  pool: SandboxPool;
  owner: string;
  language: Language;
  request: ClaimRequest;
}

/** One of the language alone, which has had a first claim, so that nothing is left to prepare or to compile. */
async function openPool(cleanup: Cleanup, language: Language, warm: number): Promise<OpenPool> {
  const runtimes = createRuntimes().filter(({ name }) => name === language.name);
  const artifacts = await openTestArtifacts(runtimes);
  cleanup.add(() => artifacts.close());
  const owner = randomBytes(3).toString('hex');
  const pool = openSandboxPool({ owner, runtimes, warm, artifacts });
  cleanup.add(() => pool.close());
  const files = readFunctionDirectory(sampleDirectory(language)).definition['files'] as Record<
    string,
    string
  >;
  const request: ClaimRequest = {
    runtime: language.name,
    use: { principal: 'user:bench', session: 'session' },
    code: { digest: language.sample, files, entry: language.entry },
    environment: {},
    timeoutMs: 300_000,
  };
  await (await pool.claim(request)).destroy();
  const opened = { pool, owner, language, request };
  await refilled(opened, warm);
  return opened;
}

/** Nothing is being started or ended any more. */
async function refilled({ pool, language }: OpenPool, count: number): Promise<void> {
  await until('a full pool', () => {
    const stats = pool.stats()[language.name]!;
    return stats.idle === count && stats.starting === 0 && stats.claimed === 0;
  });
}

/** One at a time, of a full pool. */
async function claimTimes(opened: OpenPool): Promise<number[]> {
  const times: number[] = [];
  while (times.length < claims) {
    await delay(settleMs);
    times.push(await claimTime(opened));
    await refilled(opened, warm);
  }
  return times;
}

async function coldClaimTimes(opened: OpenPool): Promise<number[]> {
  const times: number[] = [];
  while (times.length < coldClaims) times.push(await claimTime(opened));
  return times;
}

/** Until the function is loaded, in ms. */
async function claimTime({ pool, request }: OpenPool): Promise<number> {
  const begun = performance.now();
  const sandbox = await pool.claim(request);
  const took = performance.now() - begun;
  await sandbox.destroy();
  return took;
}

/** In MiB, of the processes inside and of the OCI runtime that holds them; a share of what others use too, or none. */
async function memoryOfIdle({ owner }: OpenPool): Promise<{ shared: number; own: number }> {
  const total = { shared: 0, own: 0 };
  for (const pid of await processesOf(owner)) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    total.shared += kibibytes(rollup, 'Pss');
    total.own += kibibytes(rollup, 'Private_Clean') + kibibytes(rollup, 'Private_Dirty');
  }
  const each = (kib: number) => kib / 1024 / idle;
  return { shared: each(total.shared), own: each(total.own) };
}

async function processesOf(owner: string): Promise<string[]> {
  const mark = `longshore-sandboxes-${owner}`;
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const told = ['cmdline', 'cgroup'].map((file) =>
      readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''),
    );
    if ((await Promise.all(told)).some((text) => text.includes(mark))) found.push(pid);
  }
  return found;
}

/** A line of /proc/pid/smaps_rollup (proc(5)). */
function kibibytes(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? 0);
}
