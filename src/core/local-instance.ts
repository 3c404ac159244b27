/** The machine that Longshore runs on: a container instance in every cluster, with one shared ledger. */
import { clusterNameOf, containerInstanceArn, parseArn } from './arn.ts';
import type { Core } from './context.ts';
import { baseAttributes, instanceResources, newInstanceRecord } from './instance-record.ts';
import type { Transaction } from './ports/store.ts';
import type { ContainerInstanceRecord } from './records.ts';
import type { CallScope } from './scope.ts';

const MOST_CLUSTERS = 10_000;

/** The record of this machine in a cluster. Its id follows from the cluster's ARN, so that it is never made twice. */
export function localInstance(core: Core, scope: CallScope, clusterArn: string): ContainerInstanceRecord {
  const { engine } = core;
  const attributes = baseAttributes(engine.architecture, `${scope.region}a`, `longshore.${engine.name}`);
  return newInstanceRecord(core, scope, clusterArn, {
    id: core.localHostId.padEnd(32, '0'),
    hostId: core.localHostId,
    local: true,
    attributes,
    resources: instanceResources(engine.cpuUnits, engine.memoryMiB),
    versionInfo: { agentVersion: '1.0.0', dockerVersion: engine.description },
    tags: [],
  });
}

export async function removeLocalInstance(core: Core, tx: Transaction, clusterArn: string): Promise<void> {
  const id = core.localHostId.padEnd(32, '0');
  const parsed = parseArn(clusterArn)!;
  await tx.containerInstances.delete(containerInstanceArn(parsed, clusterNameOf(clusterArn), id));
}

/**
 * What this machine and its engine are may have changed since the last start: its ledger's size and its instances
 * follow, what tasks hold of it is kept.
 */
export async function refreshLocalMachine(core: Core): Promise<void> {
  const { cpuUnits: cpu, memoryMiB } = core.engine;
  const id = core.localHostId;
  await core.store.transact(async (tx) => {
    await tx.hosts.put({ usedCpu: 0, usedMemoryMiB: 0, ...(await tx.hosts.get(id)), id, cpu, memoryMiB });
    for (const known of await tx.containerInstances.find({ where: { hostId: id }, limit: MOST_CLUSTERS })) {
      await tx.containerInstances.put(refreshed(core, known));
    }
  });
}

function refreshed(core: Core, known: ContainerInstanceRecord): ContainerInstanceRecord {
  const { attributes, registeredResources, versionInfo } = localInstance(
    core,
    parseArn(known.id)!,
    known.clusterArn,
  ).containerInstance;
  const containerInstance = { ...known.containerInstance, attributes, registeredResources, versionInfo };
  return { ...known, containerInstance };
}
