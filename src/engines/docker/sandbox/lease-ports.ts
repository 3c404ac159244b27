import type { Binding, PortMapping } from '../../../core/ports/engine.ts';
import type { NetworkLease, Published, TaskNetworks } from '../../../network/task-networks.ts';
import type { Publication } from './sandbox.ts';

export const publishedPorts = (ports: readonly PortMapping[]) =>
  ports.flatMap((port) => (port.hostPort === undefined ? [] : [{ ...port, hostPort: port.hostPort }]));

/** Binds the ports of a task to a lease of ours, all or none. */
export async function publishOn(
  networks: TaskNetworks,
  lease: NetworkLease,
  ports: readonly PortMapping[],
): Promise<Publication> {
  const wanted = publishedPorts(ports);
  if (wanted.length === 0) return { bindings: [], inForce: Promise.resolve() };
  const requests = wanted.map(({ containerPort, hostPort, protocol }) => ({
    containerPort,
    hostPort,
    protocol,
  }));
  const held = await networks.hold(lease, requests);
  const inForce = networks.publish(lease, held);
  // Reported to whoever waits for it.
  inForce.catch(() => undefined);
  const bindings = held.map((binding, index) => ({
    container: wanted[index]!.container,
    containerPort: binding.containerPort,
    hostPort: binding.hostPort,
    protocol: binding.protocol,
    bindIp: binding.bindIp,
  }));
  return { bindings, inForce };
}

export const asPublished = (bindings: readonly Binding[]): Published[] =>
  bindings.map(({ containerPort, hostPort, protocol, bindIp }) => ({
    containerPort,
    hostPort,
    protocol,
    bindIp,
  }));
