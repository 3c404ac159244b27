/** The configuration files of the private Podman: nothing of /etc/containers and of root's home decides for it. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Locations } from './locations.ts';
import type { StorageDriver } from './platform.ts';

export interface RegistrySettings {
  /** Registries without TLS, `host` or `host:port`. Those on loopback always are allowed to be. */
  insecure: readonly string[];
  /** URLs of mirrors of Docker Hub. They are asked by the adapter; Podman has to know which are without TLS. */
  mirrors: readonly string[];
}

export interface ConfigurationInputs {
  locations: Locations;
  registries: RegistrySettings;
  /** Paths of the programs. */
  programs: { conmon: string; runtime: string; init: string | undefined };
  ulimits: readonly string[];
  storageDriver: StorageDriver;
}

export interface Configuration {
  /** Differs whenever a running service would have to be restarted to have this configuration. */
  hash: string;
  environment: Record<string, string>;
  /** Arguments of `podman`. */
  argv: string[];
}

// Docker's default set (moby, oci/caps/defaults.go), which is what ECS promises; Podman's own is smaller.
const CAPABILITIES =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT';

/** Writes the files and tells how to start Podman with them. */
export async function writeConfiguration(inputs: ConfigurationInputs): Promise<Configuration> {
  const { locations } = inputs;
  const files = renderFiles(inputs);
  for (const [name, text] of Object.entries(files))
    await replaceFile(join(locations.configuration, name), text);
  await chmod(join(locations.configuration, 'conmon'), 0o700);
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: locations.configuration,
    TMPDIR: locations.temporary,
    // Its health checks are timers of systemd that would call another Podman than this one; we make them.
    DISABLE_HC_SYSTEMD: 'true',
    CONTAINERS_CONF: join(locations.configuration, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(locations.configuration, 'storage.conf'),
    CONTAINERS_REGISTRIES_CONF: join(locations.configuration, 'registries.conf'),
  };
  const argv = serviceArguments(locations);
  const hash = createHash('sha256')
    .update(JSON.stringify([files, environment, argv]))
    .digest('hex')
    .slice(0, 16);
  return { hash, environment, argv };
}

function renderFiles(inputs: ConfigurationInputs): Record<string, string> {
  return {
    'containers.conf': containersConf(inputs),
    'storage.conf': storageConf(inputs),
    'registries.conf': registriesConf(inputs.registries),
    '.config/containers/policy.json': JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }),
    conmon: conmonWrapper(inputs.programs.conmon, inputs.locations.runDirectory),
  };
}

function containersConf({ locations, programs, ulimits }: ConfigurationInputs): string {
  return toml({
    containers: {
      default_capabilities: CAPABILITIES.split(' '),
      // Docker's: a process that is not root may bind port 80 and send pings.
      default_sysctls: ['net.ipv4.ip_unprivileged_port_start=0', 'net.ipv4.ping_group_range=0 2147483647'],
      default_ulimits: ulimits,
      log_driver: 'k8s-file',
      pids_limit: 0,
    },
    engine: {
      cgroup_manager: 'cgroupfs',
      conmon_path: [join(locations.configuration, 'conmon')],
      events_logger: 'none',
      // Podman keeps the conmon of an exec for five minutes otherwise.
      exit_command_delay: 0,
      // The default is a segment of shared memory with a fixed name, that every Podman of the machine writes into.
      lock_type: 'file',
      runtime: basename(programs.runtime),
      ...(programs.init === undefined ? {} : { init_path: programs.init }),
    },
    'engine.runtimes': { [basename(programs.runtime)]: [programs.runtime] },
    network: { network_config_dir: join(locations.configuration, 'networks') },
  });
}

function storageConf({ locations, storageDriver }: ConfigurationInputs): string {
  return toml({
    storage: { driver: storageDriver, graphroot: locations.graphRoot, runroot: locations.runRoot },
    ...(storageDriver === 'overlay' ? { 'storage.options.overlay': { mountopt: 'nodev' } } : {}),
  });
}

/** Format: containers-registries.conf(5). */
function registriesConf({ insecure, mirrors }: RegistrySettings): string {
  const plainMirrors = mirrors.map((url) => new URL(url)).filter(({ protocol }) => protocol === 'http:');
  const plain = new Set([
    'localhost',
    '127.0.0.1',
    '[::1]',
    ...insecure,
    ...plainMirrors.map(({ host }) => host),
  ]);
  const tables = [...plain].map((location) => `[[registry]]\n${fields({ location, insecure: true })}`);
  return [fields({ 'unqualified-search-registries': ['docker.io'] }), ...tables].join('\n');
}

/**
 * conmon calls `podman container cleanup` at each exit: 50 ms of CPU for what we do when the task is removed, and it
 * takes away the cgroup, that tells whether the kernel killed for lack of memory. Of repeated options conmon takes the
 * last. And it leaves a file called oom in whatever directory it was started in.
 */
function conmonWrapper(conmon: string, directory: string): string {
  return `#!/bin/sh\ncd ${quoted(directory)} || exit\nexec ${quoted(conmon)} "$@" --exit-command /bin/true\n`;
}

/** One word of the shell, whatever it holds. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function serviceArguments(locations: Locations): string[] {
  const flags = {
    root: locations.graphRoot,
    runroot: locations.runRoot,
    tmpdir: locations.libpod,
    'runtime-flag': `root=${locations.runtimeState}`,
    'log-level': 'error',
  };
  return [
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    'system',
    'service',
    '--time=0',
    `unix://${locations.socket}`,
  ];
}

type TomlValue = string | number | boolean | readonly string[];

function toml(tables: Record<string, Record<string, TomlValue>>): string {
  return Object.entries(tables)
    .map(([name, values]) => `[${name}]\n${fields(values)}`)
    .join('\n');
}

/** JSON's strings, numbers, booleans and lists of strings are TOML as well. */
const fields = (values: Record<string, TomlValue>) =>
  Object.entries(values)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('');

async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
