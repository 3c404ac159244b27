/** Containers as the port describes them, from the engine's list and from its details of one. */
import type {
  ContainerState,
  Health,
  HostContainer,
  HostContainerDetails,
  NetworkAddress,
  PublishedPort,
} from '../../../core/ports/host-containers.ts';
import type { Quirks } from '../client/quirks.ts';
import type { ContainerDetails, ContainerSummary } from '../client/types.ts';
import { holderLabel, readLabels } from '../labels.ts';
import { givenAliases, isAnonymous, specOf } from './container-spec.ts';
import { unsaidOf } from './container-unsaid.ts';

const states: Record<string, ContainerState> = {
  created: 'created',
  configured: 'created',
  initialized: 'created',
  running: 'running',
  stopping: 'running',
  paused: 'paused',
  restarting: 'restarting',
  removing: 'removing',
  exited: 'exited',
  stopped: 'exited',
  dead: 'dead',
};

export const stateOf = (word: string): ContainerState => states[word.toLowerCase()] ?? 'dead';

/** The adapter's own containers, which nobody is to see. */
export const isHolder = (labels: Record<string, string> | null): boolean =>
  labels?.[holderLabel] !== undefined;

export function describeSummary(summary: ContainerSummary, quirks: Quirks): HostContainer {
  const { Id, Names, Image, ImageID, State, Status, Created, Labels, Ports, NetworkSettings } = summary;
  const state = stateOf(State);
  const health = /\((?:health: )?(starting|healthy|unhealthy)\)/.exec(Status)?.[1] as
    Health['status'] | undefined;
  return {
    id: Id,
    name: plainName(Names[0] ?? ''),
    image: shownImage(Image, quirks),
    imageId: digestForm(ImageID),
    state,
    createdAt: Created * 1000,
    ...(health && { health }),
    ports: isLive(state) ? (Ports ?? []).map(publishedPort) : [],
    labels: Labels ?? {},
    networks: networkNames(Object.keys(NetworkSettings?.Networks ?? {}), quirks),
    ...taskOf(Labels),
  };
}

export function describeDetails(details: ContainerDetails, quirks: Quirks): HostContainerDetails {
  const { Config, State, NetworkSettings } = details;
  const state = stateOf(State.Status);
  const startedAt = timeOf(State.StartedAt);
  const live = isLive(state);
  const health = healthOf(State.Health);
  return {
    id: details.Id,
    name: plainName(details.Name),
    image: shownImage(Config.Image ?? details.Image, quirks),
    imageId: digestForm(details.Image),
    state,
    createdAt: timeOf(details.Created) ?? 0,
    ...(health && { health: health.status, healthLog: health }),
    ports: live ? publishedPorts(details) : [],
    labels: Config.Labels ?? {},
    networks: networkNames(Object.keys(NetworkSettings.Networks ?? {}), quirks),
    ...taskOf(Config.Labels),
    spec: specOf(details, quirks),
    unnamedVolumes: unnamedVolumes(details),
    unsaid: unsaidOf(details),
    pid: State.Pid,
    ...(startedAt !== undefined && !live && { exitCode: State.ExitCode }),
    oomKilled: State.OOMKilled,
    error: State.Error,
    ...(startedAt !== undefined && { startedAt }),
    ...finished(State.FinishedAt, live),
    restartCount: details.RestartCount ?? 0,
    addresses: addressesOf(details, quirks),
  };
}

/** Podman writes out what people leave out. */
const shownImage = (name: string, { qualifiesNames }: Quirks): string =>
  qualifiesNames ? name.replace(/^docker\.io\/(library\/)?/, '') : name;

/** Whether it has processes, or will have them again in a moment. */
export const isLive = (state: ContainerState) => ['running', 'paused', 'restarting'].includes(state);

export const plainName = (name: string) => name.replace(/^\//, '');

export const digestForm = (id: string) => (id === '' || id.startsWith('sha256:') ? id : `sha256:${id}`);

/** Undefined for the zero time, by which Go says that it never happened. */
export function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}

function finished(text: string, live: boolean): { finishedAt?: number } {
  const finishedAt = live ? undefined : timeOf(text);
  return finishedAt === undefined ? {} : { finishedAt };
}

export function taskOf(labels: Record<string, string> | null): Pick<HostContainer, 'task'> {
  const mark = readLabels(labels);
  return mark ? { task: { id: mark.taskId, container: mark.container } } : {};
}

export const networkNames = (names: readonly string[], quirks: Quirks) =>
  names.map((name) => (name === quirks.bridge ? 'bridge' : name));

function publishedPort(port: NonNullable<ContainerSummary['Ports']>[number]): PublishedPort {
  const { IP, PrivatePort, PublicPort, Type } = port;
  const protocol = Type as PublishedPort['protocol'];
  return {
    containerPort: PrivatePort,
    protocol,
    ...(PublicPort && { hostIp: IP ?? '0.0.0.0', hostPort: PublicPort }),
  };
}

function publishedPorts({ NetworkSettings }: ContainerDetails): PublishedPort[] {
  return Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) => {
    const [port, protocol = 'tcp'] = key.split('/');
    const exposed = { containerPort: Number(port), protocol: protocol as PublishedPort['protocol'] };
    if (!bindings?.length) return [exposed];
    return bindings.map(({ HostIp, HostPort }) => ({
      ...exposed,
      hostIp: HostIp || '0.0.0.0',
      hostPort: Number(HostPort),
    }));
  });
}

function healthOf(health: ContainerDetails['State']['Health']): Health | undefined {
  const status = health?.Status;
  if (status !== 'starting' && status !== 'healthy' && status !== 'unhealthy') return undefined;
  const checks = (health?.Log ?? []).map(({ Start, End, ExitCode, Output }) => ({
    startedAt: timeOf(Start) ?? 0,
    finishedAt: timeOf(End) ?? 0,
    exitCode: ExitCode,
    output: Output,
  }));
  return { status, failingStreak: health?.FailingStreak ?? 0, checks };
}

function unnamedVolumes({ Mounts }: ContainerDetails): { target: string; volume: string }[] {
  return (Mounts ?? []).flatMap(({ Type, Name, Destination }) =>
    Type === 'volume' && Name !== undefined && isAnonymous(Name)
      ? [{ target: Destination, volume: Name }]
      : [],
  );
}

function addressesOf(details: ContainerDetails, quirks: Quirks): NetworkAddress[] {
  return Object.entries(details.NetworkSettings.Networks ?? {}).map(([name, settings]) => ({
    network: networkNames([name], quirks)[0]!,
    address: settings.IPAddress,
    prefixLength: settings.IPPrefixLen,
    gateway: settings.Gateway,
    macAddress: settings.MacAddress,
    aliases: givenAliases(details, name),
  }));
}
