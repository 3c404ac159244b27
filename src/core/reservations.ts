/** The ledger of what tasks hold of their hosts: CPU, memory and host ports. */
import type { Transaction } from './ports/store.ts';
import type { Candidate, GroupsAsked } from './placement.ts';
import type { ContainerInstanceRecord, HostRecord, Reservation } from './records.ts';

export interface PlacementNeeds {
  cpu: number;
  memoryMiB: number;
  ports: Reservation['ports'];
  group: string;
  groups: GroupsAsked;
}

/** Snapshot of each instance for placement. */
export async function candidatesFor(
  tx: Transaction,
  instances: readonly ContainerInstanceRecord[],
  needs: PlacementNeeds,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const instance of instances) {
    const host = await tx.hosts.get(instance.hostId);
    if (!host) continue;
    candidates.push({
      instance,
      host,
      takenPorts: await takenPorts(tx, host.id, needs.ports),
      taskGroups: await taskGroups(tx, instance.id, needs),
    });
  }
  return candidates;
}

export async function reserve(tx: Transaction, taskArn: string, reservation: Reservation): Promise<void> {
  await adjustHost(tx, reservation, 1);
  for (const { hostPort, protocol } of reservation.ports) {
    const id = portId(reservation.hostId, protocol, hostPort);
    await tx.hostPorts.put({ id, hostId: reservation.hostId, taskArn });
  }
}

export async function giveBack(tx: Transaction, reservation: Reservation): Promise<void> {
  await adjustHost(tx, reservation, -1);
  for (const { hostPort, protocol } of reservation.ports) {
    await tx.hostPorts.delete(portId(reservation.hostId, protocol, hostPort));
  }
}

async function adjustHost(tx: Transaction, reservation: Reservation, direction: 1 | -1): Promise<void> {
  const host = await tx.hosts.get(reservation.hostId);
  if (!host) return;
  const next: HostRecord = {
    ...host,
    usedCpu: Math.max(0, host.usedCpu + direction * reservation.cpu),
    usedMemoryMiB: Math.max(0, host.usedMemoryMiB + direction * reservation.memoryMiB),
  };
  await tx.hosts.put(next);
}

async function takenPorts(
  tx: Transaction,
  hostId: string,
  ports: Reservation['ports'],
): Promise<Set<string>> {
  const records = await tx.hostPorts.getMany(
    ports.map((port) => portId(hostId, port.protocol, port.hostPort)),
  );
  return new Set(
    ports.filter((_, index) => records[index]).map((port) => `${port.protocol}/${port.hostPort}`),
  );
}

/** One entry a task. Reading them costs, so only as many are read as the question needs. */
async function taskGroups(
  tx: Transaction,
  containerInstanceArn: string,
  { group, groups }: PlacementNeeds,
): Promise<string[]> {
  if (groups === 'none') return [];
  const found = await tx.tasks.find({
    where: { containerInstanceArn, desiredStatus: 'RUNNING', ...(groups !== 'all' && { group }) },
    limit: groups === 'own' ? 1 : 1000,
  });
  return found.map((task) => task.group);
}

function portId(hostId: string, protocol: string, hostPort: number): string {
  return `${hostId}/${protocol}/${hostPort}`;
}
