/**
 * Which container instance takes a task: what it needs against what each instance has left, then constraints, then
 * strategies as tie-breakers (Amazon ECS developer guide, "Task placement"). Pure: it works on a snapshot.
 */
import type { Failure, PlacementConstraint, PlacementStrategy } from './ecs-model.ts';
import { AppError } from './errors.ts';
import { parseClusterQuery, type QuerySubject } from './cluster-query.ts';
import type { ContainerInstanceRecord, HostRecord, Reservation } from './records.ts';

export interface Candidate {
  instance: ContainerInstanceRecord;
  host: HostRecord;
  /** `tcp/8080`, of those the task asks for. */
  takenPorts: ReadonlySet<string>;
  /** Group of each task there, as far as it was asked for. */
  taskGroups: readonly string[];
}

/** What placement must know of the tasks on each instance: nothing, whether or how many there are of its group, or all. */
export type GroupsAsked = 'none' | 'own' | 'own-counted' | 'all';

/** Whether a cluster query is about the tasks on an instance, which cost as many reads as there are. */
export function asksForTasks(expression: string | undefined): boolean {
  return expression?.includes('task:group') ?? false;
}

export function groupsAsked(
  constraints: readonly PlacementConstraint[],
  strategy: readonly PlacementStrategy[],
): GroupsAsked {
  if (constraints.some(({ expression }) => asksForTasks(expression))) return 'all';
  if (strategy.some(({ type }) => type === 'spread')) return 'own-counted';
  return constraints.some(({ type }) => type === 'distinctInstance') ? 'own' : 'none';
}

export interface Demand {
  cpu: number;
  memoryMiB: number;
  ports: Reservation['ports'];
  group: string;
  constraints: readonly PlacementConstraint[];
  strategy: readonly PlacementStrategy[];
}

export type Placement = { chosen: Candidate } | { failures: Failure[] };

export function place(candidates: readonly Candidate[], demand: Demand): Placement {
  const refusal = constraintCheck(demand);
  const failures: Failure[] = [];
  const possible = candidates.filter((candidate) => {
    const reason = resourceRefusal(candidate, demand) ?? refusal(candidate);
    if (reason) failures.push({ arn: candidate.instance.id, reason });
    return reason === undefined;
  });
  if (possible.length === 0) return { failures };
  return { chosen: possible.sort(preference(demand, candidates))[0]! };
}

/** Why the instance cannot take the task now, in ECS's words; undefined when it can. */
export function resourceRefusal(
  candidate: Candidate,
  demand: Pick<Demand, 'cpu' | 'memoryMiB' | 'ports'>,
): string | undefined {
  const { instance, host } = candidate;
  if (!instance.containerInstance.agentConnected) return 'AGENT';
  if (demand.cpu > host.cpu - host.usedCpu) return 'RESOURCE:CPU';
  if (demand.memoryMiB > host.memoryMiB - host.usedMemoryMiB) return 'RESOURCE:MEMORY';
  const taken = ({ protocol, hostPort }: Reservation['ports'][number]) =>
    candidate.takenPorts.has(`${protocol}/${hostPort}`) || keepsPort(instance, protocol, hostPort);
  if (demand.ports.some(taken)) return 'RESOURCE:PORTS';
  return undefined;
}

/** Ports that the instance was registered with are its own. */
function keepsPort(instance: ContainerInstanceRecord, protocol: string, hostPort: number): boolean {
  const name = protocol === 'udp' ? 'PORTS_UDP' : 'PORTS';
  const kept = instance.containerInstance.registeredResources?.find((resource) => resource.name === name);
  return kept?.stringSetValue?.includes(String(hostPort)) ?? false;
}

/** Why the instance breaks a constraint, in the words of AWS's answers. */
function constraintCheck(demand: Demand): (candidate: Candidate) => string | undefined {
  const checks = demand.constraints.map(({ type, expression }) => {
    if (type === 'distinctInstance') {
      return (candidate: Candidate) =>
        candidate.taskGroups.includes(demand.group)
          ? 'DistinctInstance placement constraint unsatisfied.'
          : undefined;
    }
    if (type === 'memberOf' && expression) {
      const predicate = parseClusterQuery(expression);
      return (candidate: Candidate) =>
        predicate(querySubject(candidate.instance, candidate.taskGroups))
          ? undefined
          : 'MemberOf placement constraint unsatisfied.';
    }
    throw new AppError('InvalidParameter', 'A placement constraint of type memberOf needs an expression.');
  });
  return (candidate) => {
    for (const check of checks) {
      const reason = check(candidate);
      if (reason) return reason;
    }
    return undefined;
  };
}

/** An instance as the cluster query language sees it. */
export function querySubject(instance: ContainerInstanceRecord, taskGroups: readonly string[]): QuerySubject {
  const { containerInstance } = instance;
  const attributes = new Map(containerInstance.attributes?.map(({ name, value }) => [name, value ?? '']));
  const fields = new Map<string, string | number | boolean | undefined>([
    ['agentConnected', containerInstance.agentConnected],
    ['agentVersion', containerInstance.versionInfo?.agentVersion],
    ['ec2InstanceId', containerInstance.ec2InstanceId],
    ['registeredAt', containerInstance.registeredAt],
  ]);
  return {
    attribute: (name) => attributes.get(name),
    field: (name) => fields.get(name)?.toString(),
    taskGroups,
  };
}

type Order = (a: Candidate, b: Candidate) => number;

function preference(demand: Demand, all: readonly Candidate[]): Order {
  const orders = demand.strategy.map((item) => strategyOrder(item, all, demand.group));
  orders.push(binpackOrder('memory', -1));
  return (a, b) => {
    for (const order of orders) {
      const difference = order(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function strategyOrder({ type, field }: PlacementStrategy, all: readonly Candidate[], group: string): Order {
  switch (type) {
    case 'random': {
      const draw = new Map(all.map((candidate) => [candidate, Math.random()]));
      return (a, b) => draw.get(a)! - draw.get(b)!;
    }
    case 'binpack':
      return binpackOrder(field?.toLowerCase() === 'cpu' ? 'cpu' : 'memory', 1);
    case 'spread':
      return spreadOrder(field ?? 'instanceId', all, group);
    default:
      throw new AppError('InvalidParameter', `Invalid placement strategy type '${String(type)}'.`);
  }
}

function binpackOrder(field: 'cpu' | 'memory', direction: 1 | -1): Order {
  const left = ({ host }: Candidate) =>
    field === 'cpu' ? host.cpu - host.usedCpu : host.memoryMiB - host.usedMemoryMiB;
  return (a, b) => direction * (left(a) - left(b));
}

/** Evenly over the instances, or over what an attribute tells apart, counting the tasks of the same group. */
function spreadOrder(field: string, all: readonly Candidate[], group: string): Order {
  const name = field.replace(/^attribute:/, '');
  const groupOf = (candidate: Candidate): string => {
    if (field === 'host' || field === 'instanceId') return candidate.instance.id;
    return (
      candidate.instance.containerInstance.attributes?.find((attribute) => attribute.name === name)?.value ??
      ''
    );
  };
  const load = new Map<string, number>();
  for (const candidate of all) {
    const count = candidate.taskGroups.filter((other) => other === group).length;
    load.set(groupOf(candidate), (load.get(groupOf(candidate)) ?? 0) + count);
  }
  return (a, b) => load.get(groupOf(a))! - load.get(groupOf(b))!;
}
