/** What a container made anew will be, and in which order it takes the place of the original. No I/O. */
import { AppError } from '../../errors.ts';
import type { HostContainerSpec, HostMount, Limits, PortRequest } from '../../ports/host-container-spec.ts';
import type { HostContainerDetails, PublishedPort } from '../../ports/host-containers.ts';
import type { HostImageDetails } from '../../ports/host-images.ts';
import { marksLabel, nextName, recreationLabel } from './marks.ts';
import { ownSpec } from './own-spec.ts';
import { isLive } from './settling.ts';

export type Order = 'start-first' | 'stop-first';

/** Texts by name that are changed one by one. */
export interface Amendment {
  values: Record<string, string>;
  /** Names that are taken away. */
  removed: readonly string[];
  /** What is not named goes too. */
  replaces?: boolean;
}

export interface Changes {
  /** Members as when a container is made; what is absent stays. */
  given: Omit<Partial<HostContainerSpec>, 'name' | 'labels' | 'environment' | 'limits' | 'capabilities'>;
  environment?: Amendment;
  labels?: Amendment;
  /** One by one too. */
  limits?: Limits;
  capabilities?: { add?: string[] | undefined; drop?: string[] | undefined };
  /** New volumes in place of those that have no name. */
  renewVolumes?: boolean;
  /** Absent: as the original. */
  start?: boolean;
  /** Absent: as what the two share allows. */
  order?: Order;
}

export interface Subject {
  details: HostContainerDetails;
  /** What the original is made of; absent where the machine has it no more. */
  image?: HostImageDetails | undefined;
  /** The server that asks. */
  server: string;
}

export interface Plan {
  /** What the original was asked for, without what its image gave it. */
  before: HostContainerSpec;
  /** With the name that the replacement has until it takes its place. */
  spec: HostContainerSpec;
  /** Beyond the one of the spec. */
  networks: { network: string; aliases: string[] }[];
  runs: boolean;
  order: Order;
  /** Why both cannot run at once, for people. Empty for `start-first`. */
  reasons: string[];
  warnings: string[];
}

/** Throws `InvalidParameter` for an order that cannot be, `Conflict` for what could not be brought back. */
export function planRecreation({ details, image, server }: Subject, changes: Changes): Plan {
  const mark = { server, original: details.id, name: details.name, ran: isLive(details.state) };
  const runs = changes.start ?? mark.ran;
  const changed = changedSpec(details, image, changes);
  const networks = networksOf(details, changed);
  const spec = {
    ...changed,
    name: nextName(mark),
    labels: { ...changed.labels, ...marksLabel(mark) },
    ...(isNamed(changed.network) && {
      networkAliases: withName(changed.networkAliases ?? [], details.name),
    }),
  };
  const reasons = mark.ran && runs ? sharedBy(details, changed) : [];
  const order = orderOf(details, changes.order, reasons);
  if (mark.ran && runs && changed.autoRemove === true) refuseTraceless(order);
  return {
    ...{ before: changedSpec(details, image, { given: {} }), spec, networks, runs, ...order },
    warnings:
      image === undefined
        ? ['The image it was made of is gone, so what that one gave it is kept as if it had been asked for.']
        : [],
  };
}

function changedSpec(
  details: HostContainerDetails,
  image: HostImageDetails | undefined,
  changes: Changes,
): HostContainerSpec {
  const own = ownSpec(details, image);
  const { given, limits, capabilities } = changes;
  const { memorySwapBytes, ...ownLimits } = own.limits ?? {};
  const keepsMemory = limits?.memoryBytes === undefined && memorySwapBytes !== undefined;
  return {
    ...own,
    ...given,
    environment: amended(own.environment, changes.environment),
    labels: amended(withoutMark(own.labels), changes.labels, isServers),
    limits: { ...ownLimits, ...(keepsMemory && { memorySwapBytes }), ...limits },
    capabilities: {
      add: capabilities?.add ?? own.capabilities?.add ?? [],
      drop: capabilities?.drop ?? own.capabilities?.drop ?? [],
    },
    mounts: mountsOf(details, own, changes),
  };
}

const isServers = (name: string): boolean => name.startsWith('longshore.');

function withoutMark({ [recreationLabel]: _, ...labels }: Record<string, string> = {}): Record<
  string,
  string
> {
  return labels;
}

function amended(
  own: Record<string, string> = {},
  amendment?: Amendment,
  isKept: (name: string) => boolean = () => false,
): Record<string, string> {
  if (amendment === undefined) return own;
  const { values, removed, replaces = false } = amendment;
  const stays = (name: string) => isKept(name) || (!replaces && !removed.includes(name));
  return { ...Object.fromEntries(Object.entries(own).filter(([name]) => stays(name))), ...values };
}

/** Volumes without a name are kept by the one that the engine gave them: their content goes along. */
function mountsOf(
  { unnamedVolumes }: HostContainerDetails,
  { mounts = [] }: HostContainerSpec,
  { given, renewVolumes }: Changes,
): HostMount[] {
  const named = given.mounts ?? mounts.filter((mount) => !isUnnamed(mount));
  const taken = new Set(named.map(({ target }) => target));
  const unnamed = mounts.filter((mount) => isUnnamed(mount) && !taken.has(mount.target));
  return [
    ...named,
    ...unnamed.map((mount): HostMount => {
      const kept = unnamedVolumes.find(({ target }) => target === mount.target);
      if (mount.type !== 'volume' || renewVolumes === true || kept === undefined) return mount;
      return { ...mount, source: kept.volume };
    }),
  ];
}

const isUnnamed = (mount: HostMount): boolean => mount.type === 'volume' && mount.source === undefined;

const apart = ['none', 'host', 'bridge'];
/** One that people made, where containers find each other by name. */
const isNamed = (network: string | undefined): boolean =>
  network !== undefined && !apart.includes(network) && !network.includes(':');

/** Podman knows a container in its network's names by the one that it was started with. */
const withName = (aliases: readonly string[], name: string): string[] => [...new Set([...aliases, name])];

function networksOf(
  { addresses, spec, name }: HostContainerDetails,
  { network = 'bridge' }: HostContainerSpec,
): Plan['networks'] {
  if (network === 'none' || network === 'host' || network.includes(':')) return [];
  const first = spec.network ?? 'bridge';
  return addresses
    .filter((each) => each.network !== network && each.network !== first)
    .map((each) => ({
      network: each.network,
      aliases: isNamed(each.network) ? withName(each.aliases, name) : each.aliases,
    }));
}

function orderOf(
  { name, spec }: HostContainerDetails,
  wanted: Order | undefined,
  shared: readonly Shared[],
): Pick<Plan, 'order' | 'reasons'> {
  const held = shared.filter(({ exclusive }) => exclusive);
  if (wanted === 'start-first' && held.length > 0) {
    const message = `The new container cannot start beside '${name}': both would have ${words(held)}. Use stop-first.`;
    throw new AppError('InvalidParameter', message, { field: 'order' });
  }
  const isStopped = wanted === 'stop-first' || (wanted === undefined && shared.length > 0);
  if (isStopped && spec.autoRemove === true) {
    throw new AppError(
      'Conflict',
      `Container '${name}' is removed when it stops, so it could not be brought back, and it has to stop first: both ` +
        `would have ${words(shared)}. Make a container without auto_remove in its place.`,
    );
  }
  return isStopped
    ? {
        order: 'stop-first',
        reasons: shared.length > 0 ? shared.map(({ what }) => what) : ['it was asked for'],
      }
    : { order: 'start-first', reasons: [] };
}

/** Gone with its mark as soon as it ends, it would say to nobody that the old one is to run again. */
function refuseTraceless({ order, reasons }: Pick<Plan, 'order' | 'reasons'>): void {
  if (order === 'start-first') return;
  const message =
    `auto_remove: the old container has to stop first (${reasons.join(', ')}), and a new one that is removed when it ` +
    'ends could not be told from none. Leave auto_remove out, or make another container with it.';
  throw new AppError('InvalidParameter', message, { field: 'auto_remove' });
}

interface Shared {
  what: string;
  /** The engine would refuse it; else it is for the sake of what is written there. */
  exclusive: boolean;
}

const words = (shared: readonly Shared[]): string => shared.map(({ what }) => what).join(', ') || 'its name';

/** What both would have at once. */
function sharedBy(details: HostContainerDetails, spec: HostContainerSpec): Shared[] {
  const ports = (spec.ports ?? [])
    .filter((wanted) => details.ports.some((held) => collide(held, wanted)))
    .map(({ hostPort, protocol }) => ({ what: `port ${hostPort}/${protocol}`, exclusive: true }));
  const onHost = spec.network === 'host' && details.spec.network === 'host';
  return [
    ...ports,
    ...(onHost ? [{ what: "the machine's network", exclusive: true }] : []),
    ...writtenByBoth(details, spec.mounts ?? []).map((what) => ({ what, exclusive: false })),
  ];
}

const isAny = (address: string | undefined): boolean => ['', '0.0.0.0', '::'].includes(address ?? '');

/** Both on the same port of the same address, or of all. */
export function collide(held: PublishedPort, wanted: PortRequest): boolean {
  if (held.hostPort === undefined || held.hostPort !== wanted.hostPort) return false;
  if (held.protocol !== wanted.protocol) return false;
  return isAny(held.hostIp) || isAny(wanted.hostIp) || held.hostIp === wanted.hostIp;
}

/** Two databases on one directory destroy it, each believing that it is alone. */
function writtenByBoth(details: HostContainerDetails, mounts: readonly HostMount[]): string[] {
  const volumes = new Map(details.unnamedVolumes.map(({ target, volume }) => [target, volume]));
  const held = (details.spec.mounts ?? []).flatMap(
    (mount) => placeOf(mount, volumes.get(mount.target)) ?? [],
  );
  return mounts.flatMap((mount) => {
    const place = placeOf(mount);
    if (place === undefined || !held.some((each) => isSame(each, place))) return [];
    return [place.type === 'bind' ? `directory ${place.source}` : `the volume at ${mount.target}`];
  });
}

interface Place {
  type: 'bind' | 'volume';
  source: string;
}

function placeOf(mount: HostMount, unnamed?: string): Place | undefined {
  if (mount.type === 'tmpfs' || mount.readOnly === true) return undefined;
  const source = mount.source ?? unnamed;
  return source === undefined ? undefined : { type: mount.type, source };
}

function isSame(one: Place, other: Place): boolean {
  if (one.type !== other.type) return false;
  if (one.source === other.source) return true;
  const within = (inner: string, outer: string) => inner.startsWith(outer.replace(/\/*$/, '/'));
  return one.type === 'bind' && (within(one.source, other.source) || within(other.source, one.source));
}
