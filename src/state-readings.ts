/** Where the figures come from that metrics show of the server's state. */
import type { ControlPlane } from './control/control-plane.ts';
import type { Store } from './core/ports/store.ts';
import type { ContainerInstanceRecord, ClusterRecord, TaskStatus } from './core/records.ts';
import type { StateSources } from './telemetry/metrics/state-metrics.ts';

export interface StateParts {
  store: Pick<Store, 'read' | 'statistics'>;
  control: Pick<ControlPlane, 'statistics' | 'problem'>;
  engine: { readonly runningContainers: number };
  webSocketConnections: () => number;
  functions: StateSources['functions'];
}

/** Every one, so that one that is forgotten does not compile. */
const taskStatuses = Object.keys({
  PROVISIONING: 0,
  PENDING: 0,
  ACTIVATING: 0,
  RUNNING: 0,
  DEACTIVATING: 0,
  STOPPING: 0,
  DEPROVISIONING: 0,
  STOPPED: 0,
} satisfies Record<TaskStatus, 0>);
const clusterStatuses = Object.keys({ ACTIVE: 0, INACTIVE: 0 } satisfies Record<ClusterRecord['status'], 0>);
const instanceStatuses = Object.keys({
  ACTIVE: 0,
  DRAINING: 0,
  INACTIVE: 0,
  REGISTERING: 0,
  DEREGISTERING: 0,
} satisfies Record<ContainerInstanceRecord['status'], 0>);

export function stateReadings({
  store,
  control,
  engine,
  webSocketConnections,
  functions,
}: StateParts): StateSources {
  const { tasks, clusters, containerInstances } = store.read;
  return {
    tasks: () => byState(taskStatuses, (lastStatus) => tasks.count({ lastStatus })),
    clusters: () => byState(clusterStatuses, (status) => clusters.count({ status })),
    containerInstances: () => byState(instanceStatuses, (status) => containerInstances.count({ status })),
    runningContainers: () => engine.runningContainers,
    engineUp: () => control.problem === undefined,
    webSocketConnections,
    taskLoop: () => control.statistics(),
    store: () => store.statistics(),
    functions,
  };
}

async function byState(
  states: readonly string[],
  count: (state: string) => Promise<number>,
): Promise<Record<string, number>> {
  const counts = await Promise.all(states.map(count));
  return Object.fromEntries(states.map((state, position) => [state, counts[position]!]));
}
