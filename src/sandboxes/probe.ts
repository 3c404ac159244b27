/**
 * The self-test at start: a sandbox is made and looked at from both sides. What it should keep out and hold down must
 * be so in fact on this machine; nothing is trusted because it was configured.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CPU_SHARES, bundleConfiguration } from './bundle.ts';
import type { ProcessLimits } from './bundle.ts';
import type { SandboxHost } from './host.ts';
import { SandboxesUnavailable } from './unavailable.ts';

const ID = 'sandbox-probe';
const TIMEOUT_MS = 10_000;
const SEEN = ['/proc/self/status', '/proc/self/mountinfo', '/proc/self/net/dev', '/proc/self/uid_map'];
/** Comes after what was seen: `cat` gives back what it is sent. */
const MARK = 'seen\n';

const FIX = 'run longshore as root on the machine or in a VM, not in a container without privileges';

/** Throws `SandboxesUnavailable` with what does not hold. */
export async function probe(host: SandboxHost, memoryBytes: number, limits: ProcessLimits): Promise<void> {
  const { slot, firstUid } = host.takeSlot();
  const bundle = host.bundle(ID);
  const launch = { argv: ['/bin/cat', ...SEEN, '-'], environment: {}, files: {}, directories: [] };
  const cgroup = host.cgroups.path(ID);
  const options = {
    id: ID,
    launch,
    root: host.root,
    cgroup,
    firstUid,
    memoryBytes,
    cpuShares: CPU_SHARES.claimed,
    limits,
  };
  await mkdir(bundle, { recursive: true });
  await writeFile(join(bundle, 'config.json'), JSON.stringify(bundleConfiguration(options)));
  const [program = '', ...args] = host.command('run', '--bundle', bundle, ID);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close').catch(() => []);
  try {
    const seen = await outputUntilMark(child);
    const faults = [...faultsInside(seen, firstUid), ...(await faultsOutside(host, memoryBytes, limits))];
    if (faults.length > 0)
      throw new SandboxesUnavailable(`sandboxes do not hold here: ${faults.join('; ')}`, FIX);
  } finally {
    await host.removeContainer(ID);
    child.kill('SIGKILL');
    await ended;
    await rm(bundle, { recursive: true, force: true });
    host.freeSlot(slot);
  }
}

function outputUntilMark(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let complaint = '';
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new SandboxesUnavailable(`no sandbox can be made here: ${complaint.trim() || reason}`, FIX));
    };
    const timer = setTimeout(() => fail(`no answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS);
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.endsWith(MARK)) return;
      clearTimeout(timer);
      resolve(output);
    });
    child.stdin?.on('error', () => {});
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => fail(`ended with ${code}`));
    child.stdin?.write(MARK);
  });
}

/** What a process in the sandbox has that it must not have. Fields: proc_pid_status(5), proc_pid_mountinfo(5). */
export function faultsInside(seen: string, firstUid: number): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const status = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(seen)?.[1]?.trim();
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
    must(/^0+$/.test(status(set) ?? ''), `${set} is ${status(set)}`);
  must(status('NoNewPrivs') === '1', 'a program may gain privileges');
  must(status('Seccomp') === '2', 'system calls are not filtered');
  must(status('Pid') === '1', 'it has no process namespace of its own');
  must(/^1000\t/.test(status('Uid') ?? ''), 'it does not run as the function user');
  must(new RegExp(`^\\s*1000\\s+${firstUid + 1}\\s+1$`, 'm').test(seen), 'it has no user ids of its own');
  const mounts = [...seen.matchAll(/^\d+ \d+ \d+:\d+ \S+ (\S+) (\S+) /gm)].map(
    ([, at = '', options = '']) => ({ at, options }),
  );
  const readOnly = (at: string) =>
    mounts
      .filter((each) => each.at === at)
      .at(-1)
      ?.options.startsWith('ro') === true;
  must(readOnly('/'), 'its root can be written');
  must(!mounts.some(({ at }) => at.startsWith('/sys')), '/sys is mounted');
  must(/ - proc proc \S*subset=pid/.test(seen), '/proc shows the machine');
  const writable = mounts.filter(
    ({ at, options }) => options.startsWith('rw') && !/^\/(proc|dev|tmp|function)(\/|$)/.test(at),
  );
  must(writable.length === 0, `it can write to ${writable.map(({ at }) => at).join(', ')}`);
  const interfaces = [...seen.matchAll(/^\s*([^\s:|]+):(?:\s+\d+){16}\s*$/gm)].map(([, name]) => name);
  must(
    interfaces.every((name) => name === 'lo'),
    `it sees the network: ${interfaces.join(', ')}`,
  );
  return faults;
}

async function faultsOutside(
  host: SandboxHost,
  memoryBytes: number,
  limits: ProcessLimits,
): Promise<string[]> {
  const faults: string[] = [];
  const { cgroups } = host;
  if (Number(await cgroups.read(ID, 'memory')) !== memoryBytes) faults.push('its memory has no limit');
  if (Number(await cgroups.read(ID, 'pids')) !== limits.pids) faults.push('its processes have no limit');
  if (!/^\d+/.test(await cgroups.read(ID, 'cpu'))) faults.push('its CPU time has no limit');
  if ((await cgroups.read(ID, 'processes')) === '') faults.push('it is not in its control group');
  return faults;
}
