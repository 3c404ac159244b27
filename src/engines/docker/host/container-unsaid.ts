/** What a container has that the port's spec has no word for. Made again from its spec, it would be without it. */
import type { ContainerDetails, HostConfig } from '../client/types.ts';

/** By the names of the Docker Engine API, sorted. */
export function unsaidOf(details: ContainerDetails): string[] {
  const { HostConfig: host, Mounts, NetworkSettings } = details;
  const networks = Object.values(NetworkSettings.Networks ?? {});
  const isFixed = networks.some(({ IPAMConfig: asked }) => asked?.IPv4Address || asked?.IPv6Address);
  const isShared = (Mounts ?? []).some(({ Propagation }) => /shared|slave/.test(Propagation ?? ''));
  return [
    ...namesOf(host),
    ...(isFixed ? ['IPAMConfig'] : []),
    ...(isShared ? ['Propagation'] : []),
    ...(hasOtherTmpfs(details) ? ['Tmpfs'] : []),
  ].sort();
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isNot =
  (...usual: unknown[]) =>
  (value: unknown): boolean =>
    value !== undefined && value !== null && !usual.includes(value);

/** Each with whether it says more than an engine's own choice. */
const unusual: [keyof HostConfig, (value: unknown) => boolean][] = [
  ['PidMode', isNot('', 'private')],
  ['IpcMode', isNot('', 'private', 'shareable')],
  ['UTSMode', isNot('', 'private')],
  ['UsernsMode', isNot('')],
  ['Runtime', isNot('', 'runc', 'crun', 'oci', 'io.containerd.runc.v2')],
  ['OomScoreAdj', isNot(0)],
  ['PublishAllPorts', isNot(false)],
  ...(['VolumesFrom', 'Links', 'GroupAdd', 'DeviceRequests', 'DeviceCgroupRules', 'DnsOptions'] as const).map(
    (name): [keyof HostConfig, (value: unknown) => boolean] => [name, isList],
  ),
];

const namesOf = (host: HostConfig): string[] =>
  unusual.filter(([name, isUnusual]) => isUnusual(host[name])).map(([name]) => name);

/** What Podman gives a container whose root cannot be written, unless it has mounts there. */
const ofReadOnlyRoots = ['/dev', '/dev/shm', '/run', '/tmp', '/var/tmp'];

/** Docker shows those of `--tmpfs` apart from other mounts. */
function hasOtherTmpfs({ HostConfig: host, Mounts }: ContainerDetails): boolean {
  const known = new Set((Mounts ?? []).map(({ Destination }) => Destination));
  if (host.ReadonlyRootfs) for (const target of ofReadOnlyRoots) known.add(target);
  return Object.keys(host.Tmpfs ?? {}).some((target) => !known.has(target));
}
