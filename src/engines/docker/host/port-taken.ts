/** Whose a port is that a container could not be started for. */
import { AppError } from '../../../core/errors.ts';
import { portUser } from '../../../network/port-user.ts';
import type { DockerClient } from '../client/docker-client.ts';
import { DockerApiError } from '../client/connection.ts';
import type { ContainerDetails } from '../client/types.ts';
import { readLabels } from '../labels.ts';
import { plainName } from './container-description.ts';

/** Docker: "Bind for 0.0.0.0:80 failed: port is already allocated"; both: "listen tcp4 0.0.0.0:80: bind: address …". */
const taken = /port is already allocated|address already in use/i;
const address = /(?:Bind for|listen (?:tcp|udp)[46]?) (?:[^\s:]*|\[[^\]]*\]):(\d+)/;

/** Undefined where the engine failed for another reason. */
export async function portTaken(
  client: DockerClient,
  details: ContainerDetails,
  error: unknown,
): Promise<AppError | undefined> {
  if (!(error instanceof DockerApiError) || !taken.test(error.message)) return undefined;
  const requested = requestedPorts(details);
  const port = Number(address.exec(error.message)?.[1] ?? requested[0]?.hostPort ?? 0);
  const wanted = requested.find(({ hostPort }) => hostPort === port);
  const holder =
    (await holderOf(client, details.Id, port)) ??
    (wanted && (await programOf(client, wanted))) ??
    'another program on the machine';
  return new AppError('ResourceInUse', `Port ${port} is taken by ${holder}.`, {
    ...(wanted && { field: `ports["${wanted.key}"]` }),
    port,
    holder,
  });
}

interface RequestedPort {
  /** `80/tcp` */
  key: string;
  hostIp: string;
  hostPort: number;
}

function requestedPorts({ HostConfig }: ContainerDetails): RequestedPort[] {
  return Object.entries(HostConfig.PortBindings ?? {}).flatMap(([key, bindings]) =>
    bindings.map(({ HostIp, HostPort }) => ({
      key,
      hostIp: HostIp || '0.0.0.0',
      hostPort: Number(HostPort),
    })),
  );
}

/** Only of an engine on this machine can it be told. */
async function programOf(
  { address: engine }: DockerClient,
  wanted: RequestedPort,
): Promise<string | undefined> {
  const protocol = wanted.key.endsWith('/udp') ? 'udp' : 'tcp';
  return engine.startsWith('unix://') ? portUser(protocol, wanted.hostIp, wanted.hostPort) : undefined;
}

/** A container that publishes it itself, or a task that we publish it for. */
async function holderOf(client: DockerClient, except: string, port: number): Promise<string | undefined> {
  for (const { Id, Names, State, Ports, Labels } of await client.listContainers({})) {
    if (Id === except || State !== 'running') continue;
    const mark = readLabels(Labels);
    if (mark?.bindings.some(({ hostPort }) => hostPort === port)) return `task ${mark.taskId}`;
    if (Ports?.some(({ PublicPort }) => PublicPort === port))
      return `container '${plainName(Names[0] ?? Id)}'`;
  }
  return undefined;
}
