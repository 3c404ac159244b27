/** Whose a port is that a container could not be started for. */
import { AppError } from '../../../core/errors.ts';
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
  const field = requested.find(({ hostPort }) => hostPort === port)?.key;
  const holder = (await holderOf(client, details.Id, port)) ?? 'another program on this machine';
  return new AppError('ResourceInUse', `Port ${port} is taken by ${holder}.`, {
    ...(field !== undefined && { field: `ports["${field}"]` }),
    port,
    holder,
  });
}

function requestedPorts({ HostConfig }: ContainerDetails): { key: string; hostPort: number }[] {
  return Object.entries(HostConfig.PortBindings ?? {}).flatMap(([key, bindings]) =>
    bindings.map(({ HostPort }) => ({ key, hostPort: Number(HostPort) })),
  );
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
