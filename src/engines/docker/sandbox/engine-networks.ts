/** Where no network of ours is possible: a holder on the engine's bridge with the task's ports, joined by the rest. */
import { EngineError } from '../../../core/errors.ts';
import type { Binding, TaskSpec } from '../../../core/ports/engine.ts';
import type { ContainerDetails } from '../client/types.ts';
import type { Holders } from './holders.ts';
import { publishedPorts } from './lease-ports.ts';
import { isPlain, plainSandbox } from './plain-sandbox.ts';
import type { FoundTask, Publication, SandboxProvider, TaskSandbox } from './sandbox.ts';
import { pidModeOf } from './task-names.ts';

export class EngineNetworkSandboxes implements SandboxProvider {
  readonly #holders: Holders;
  readonly #publishAddress: string;

  constructor(holders: Holders, publishAddress: string) {
    this.#holders = holders;
    this.#publishAddress = publishAddress;
  }

  async open(spec: TaskSpec): Promise<TaskSandbox> {
    if (isPlain(spec)) return plainSandbox(spec);
    const details = await this.#start(spec);
    const sandbox = this.#sandbox(details, spec);
    return { ...sandbox, publish: async () => inForce(bindingsOf(details, spec)) };
  }

  async adopt(tasks: readonly FoundTask[]): Promise<(TaskSandbox | undefined)[]> {
    const found = await Promise.all(
      tasks.map(async ({ mark }) =>
        mark['kind'] === 'bridge' ? this.#holders.running(String(mark['holder'])) : undefined,
      ),
    );
    await this.#holders.removeAllBut(new Set(found.flatMap((details) => (details ? [details.Id] : []))));
    return found.map((details) => details && this.#sandbox(details));
  }

  async refresh(): Promise<void> {
    // Nothing waits ready.
  }

  async close(): Promise<void> {
    // Nothing waits ready.
  }

  async #start(spec: TaskSpec): Promise<ContainerDetails> {
    const ports = publishedPorts(spec.ports);
    const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
    for (const { containerPort, hostPort, protocol } of ports) {
      const key = `${containerPort}/${protocol}`;
      const HostPort = hostPort === 0 ? '' : String(hostPort);
      bindings[key] = [...(bindings[key] ?? []), { HostIp: this.#publishAddress, HostPort }];
    }
    const { containers } = spec;
    const hosts = containers.flatMap(({ extraHosts }) => extraHosts);
    const hostname = containers.find((container) => container.hostname !== undefined)?.hostname;
    try {
      return await this.#holders.start(
        {
          NetworkMode: 'bridge',
          PortBindings: bindings,
          ExtraHosts: hosts.map((host) => `${host.hostname}:${host.ipAddress}`),
          Dns: [...new Set(containers.flatMap(({ dnsServers }) => dnsServers))],
          DnsSearch: [...new Set(containers.flatMap(({ dnsSearchDomains }) => dnsSearchDomains))],
        },
        {
          ...(hostname !== undefined && { Hostname: hostname }),
          ExposedPorts: Object.fromEntries(Object.keys(bindings).map((key) => [key, {}])),
        },
      );
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError('ResourceInitializationError', portError((error as Error).message));
    }
  }

  #sandbox(details: ContainerDetails, spec?: TaskSpec): TaskSandbox {
    const endpoint = Object.values(details.NetworkSettings.Networks ?? {})[0];
    return {
      ...(endpoint?.IPAddress && {
        network: {
          address: endpoint.IPAddress,
          prefixLength: endpoint.IPPrefixLen,
          gateway: endpoint.Gateway,
          macAddress: endpoint.MacAddress,
        },
      }),
      mark: { kind: 'bridge', holder: details.Id },
      placement: () => ({
        networkMode: `container:${details.Id}`,
        pidMode: spec && pidModeOf(spec, details.Id),
      }),
      publish: async () => inForce([]),
      release: () => this.#holders.remove(details.Id),
    };
  }
}

/** The holder was started with them. */
const inForce = (bindings: Binding[]): Publication => ({ bindings, inForce: Promise.resolve() });

function bindingsOf({ NetworkSettings }: ContainerDetails, spec: TaskSpec): Binding[] {
  const taken = new Set<string>();
  return publishedPorts(spec.ports).flatMap(({ container, containerPort, hostPort, protocol }) => {
    const bound = NetworkSettings.Ports?.[`${containerPort}/${protocol}`] ?? [];
    const found = bound.find(
      ({ HostPort }) =>
        !taken.has(`${HostPort}/${protocol}`) && (hostPort === 0 || Number(HostPort) === hostPort),
    );
    if (!found) return [];
    taken.add(`${found.HostPort}/${protocol}`);
    return [{ container, containerPort, hostPort: Number(found.HostPort), protocol, bindIp: found.HostIp }];
  });
}

function portError(message: string): string {
  const port = /(?:Bind for|listen (?:tcp|udp)4?) (\S+?):? .*(?:already allocated|already in use)/.exec(
    message,
  );
  return port ? `port ${port[1]} is already taken; free it or choose another one (${message})` : message;
}
