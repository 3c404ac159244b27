/** What the doctor says about the embedded engine. */
import { access, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Requirement } from '../factory.ts';
import { readCgroupLayout } from '../../linux/cgroup-layout.ts';
import type { CgroupLayout } from '../../linux/cgroup-layout.ts';
import { chooseStorageDriver } from './platform.ts';
import { findProgram } from '../../linux/programs.ts';
import type { ProgramName } from '../../linux/programs.ts';
import { defaultUlimits, hasCapability } from './ulimits.ts';

const CAP_SYS_ADMIN = 21;
const CAP_SYS_RESOURCE = 24;

export async function embeddedRequirements(dataDirectory: string): Promise<Requirement[]> {
  if (process.platform !== 'linux') {
    return [
      missing('embedded: system', `it runs on Linux, this is ${process.platform}`, 'use --engine docker'),
    ];
  }
  const status = await readFile('/proc/self/status', 'utf8');
  const others = await Promise.all([
    program('podman', 'podman'),
    program('conmon', 'conmon'),
    runtime(),
    program('unshare', 'util-linux'),
    program('nsenter', 'util-linux'),
    init(),
    readCgroupLayout().then(cgroups),
    storage(dataDirectory),
    limits(status),
  ]);
  return [rights(status), ...others];
}

export function rights(status: string): Requirement {
  const name = 'embedded: root';
  if (process.geteuid?.() !== 0)
    return missing(name, 'not root', 'run the server as root, for example with sudo');
  if (!hasCapability(status, CAP_SYS_ADMIN)) {
    return missing(
      name,
      'root without CAP_SYS_ADMIN',
      'grant it; in a container, start it with --privileged',
    );
  }
  return ok(name, 'root with CAP_SYS_ADMIN');
}

async function program(name: ProgramName, packageName: string): Promise<Requirement> {
  const path = await findProgram(name);
  return path === undefined
    ? missing(`embedded: ${name}`, 'not installed', `apt-get install ${packageName}`)
    : ok(`embedded: ${name}`, path);
}

async function runtime(): Promise<Requirement> {
  const name = 'embedded: runtime';
  const [crun, runc] = await Promise.all([findProgram('crun'), findProgram('runc')]);
  if (crun !== undefined) return ok(name, crun);
  if (runc === undefined) return missing(name, 'neither crun nor runc is installed', 'apt-get install crun');
  return warn(name, `${runc}; crun starts containers about 15 ms sooner`, 'apt-get install crun');
}

async function init(): Promise<Requirement> {
  const path = await findProgram('catatonit');
  const name = 'embedded: catatonit';
  if (path !== undefined) return ok(name, path);
  return warn(name, 'containers with initProcessEnabled cannot start', 'apt-get install catatonit');
}

export function cgroups({ version, mounts }: CgroupLayout): Requirement {
  const name = 'embedded: cgroups';
  if (version === 'none') {
    return missing(name, 'no cgroups are mounted', 'mount them, for example with the package cgroupfs-mount');
  }
  const absent =
    version === 'v2' ? [] : ['memory', 'cpu', 'pids', 'devices'].filter((each) => !mounts.has(each));
  if (absent.length === 0) return ok(name, version);
  return warn(
    name,
    `${version} without ${absent.join(', ')}`,
    'mount these controllers, else limits do not hold',
  );
}

async function storage(dataDirectory: string): Promise<Requirement> {
  const name = 'embedded: overlayfs';
  const driver = await chooseStorageDriver(await nearestExisting(dataDirectory));
  if (driver === 'overlay') return ok(name, `images are stored as layers in ${dataDirectory}`);
  return warn(
    name,
    `not possible in ${dataDirectory}: every container gets a full copy of its image`,
    'put --data-dir on ext4, xfs or another ordinary filesystem, or load the module overlay',
  );
}

async function limits(status: string): Promise<Requirement> {
  const name = 'embedded: ulimits';
  const chosen = (await defaultUlimits()).join(', ');
  if (hasCapability(status, CAP_SYS_RESOURCE)) return ok(name, chosen);
  return warn(
    name,
    `without CAP_SYS_RESOURCE containers get at most ${chosen}`,
    'grant CAP_SYS_RESOURCE if a container needs more',
  );
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  return exists || path === '/' ? path : nearestExisting(dirname(path));
}

const ok = (name: string, detail: string): Requirement => ({ name, status: 'ok', detail });
const warn = (name: string, detail: string, fix: string): Requirement => ({
  name,
  status: 'warn',
  detail,
  fix,
});
const missing = (name: string, detail: string, fix: string): Requirement => ({
  name,
  status: 'missing',
  detail,
  fix,
});
