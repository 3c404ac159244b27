/** From what core wrote into the outbox to the events that subscribers get: type, action and object. */
import { clusterNameOf, parseArn } from '../../core/arn.ts';
import { clusterView } from '../../core/clusters.ts';
import type { Core } from '../../core/context.ts';
import type { Container, Task } from '../../core/ecs-model.ts';
import type { EventRecord, TaskStatus } from '../../core/records.ts';
import type { Scope } from '../../core/scopes.ts';
import { eventId, type Position } from './position.ts';
import { encode } from './protocol.ts';

/** What each type of event asks of a subscriber, beside `events:read`. */
export const eventScopes = {
  cluster: 'clusters:read',
  service: 'services:read',
  task: 'tasks:read',
  deployment: 'services:read',
  scaling: 'services:read',
  health: 'events:read',
  container: 'tasks:read',
} as const satisfies Readonly<Record<string, Scope>>;

export type EventType = keyof typeof eventScopes;
export const eventTypes = Object.keys(eventScopes) as EventType[];

export interface LiveEvent {
  position: Position;
  id: string;
  type: EventType;
  /** Whose it is; undefined for the server's own. */
  account: string | undefined;
  clusterArn: string | undefined;
  /** Name of the service it belongs to. */
  service: string | undefined;
  status: string | undefined;
  /** The message as it is sent, made once for all who get it. */
  bytes(): Buffer;
}

interface Rendered {
  type: EventType;
  action: string;
  account?: string;
  clusterArn?: string;
  service?: string;
  status?: string;
  object: object;
}

/** In the order of their positions; of the wanted types only. Counts of a cluster are those of this moment. */
export async function liveEvents(
  core: Core,
  record: EventRecord,
  isWanted: (type: EventType) => boolean,
): Promise<LiveEvent[]> {
  const rendered = await render(core, record);
  return rendered.flatMap((each, index) => {
    if (!isWanted(each.type)) return [];
    const last = index === rendered.length - 1;
    return [liveEvent(record, { sequence: record.sequence, index: last ? Infinity : index + 1 }, each)];
  });
}

async function render(core: Core, record: EventRecord): Promise<Rendered[]> {
  switch (record.resource) {
    case 'cluster':
      return [await clusterEvent(core, record)];
    case 'task':
      return taskEvents(record);
    case 'engine':
      return [healthEvent(record)];
    default:
      return [];
  }
}

function liveEvent(record: EventRecord, position: Position, rendered: Rendered): LiveEvent {
  const { type, action, account, clusterArn, service, status, object } = rendered;
  const id = eventId(position);
  let bytes: Buffer | undefined;
  return {
    ...{ position, id, type, account, clusterArn, service, status },
    bytes: () => {
      const payload = { eventType: type, action, [type]: object };
      bytes ??= Buffer.from(encode({ id, type: 'event', payload }, record.at));
      return bytes;
    },
  };
}

async function clusterEvent(core: Core, { subject, action, detail }: EventRecord): Promise<Rendered> {
  const stored = await core.store.read.clusters.get(subject);
  const view = stored && (await clusterView(core, stored));
  const status = String(detail['status']);
  return {
    type: 'cluster',
    action,
    ...placeOf(subject),
    clusterArn: subject,
    status,
    object: {
      clusterArn: subject,
      clusterName: clusterNameOf(subject),
      status,
      registeredContainerInstancesCount: view?.registeredContainerInstancesCount ?? 0,
      runningTasksCount: view?.runningTasksCount ?? 0,
      pendingTasksCount: view?.pendingTasksCount ?? 0,
      activeServicesCount: view?.activeServicesCount ?? 0,
    },
  };
}

/** The task's containers that changed, and then the task. */
function taskEvents({ subject, action, detail }: EventRecord): Rendered[] {
  const task = detail['task'] as Task;
  const changed = new Set((detail['changedContainers'] as string[] | undefined) ?? []);
  const shared = {
    ...placeOf(subject),
    ...(task.clusterArn && { clusterArn: task.clusterArn }),
    ...(task.group?.startsWith('service:') && { service: task.group.slice('service:'.length) }),
  };
  const containers = (task.containers ?? []).filter(({ name }) => changed.has(name!));
  return [
    ...containers.map((container) => ({
      ...shared,
      type: 'container' as const,
      action: 'STATUS_CHANGE',
      status: container.lastStatus,
      object: { ...containerObject(container), taskArn: subject, clusterArn: task.clusterArn },
    })),
    {
      ...shared,
      type: 'task',
      action: taskAction(action, task, detail['previousStatus'] as TaskStatus | undefined),
      status: task.lastStatus,
      object: taskObject(task),
    },
  ];
}

const beforeRunning: (TaskStatus | undefined)[] = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

/** A task whose containers all end at once is never seen RUNNING: it starts and is past it in one step. */
function taskAction(action: string, task: Task, previous: TaskStatus | undefined): string {
  if (action === 'CREATE' || previous === task.lastStatus) return 'STATUS_CHANGE';
  if (task.lastStatus === 'STOPPED') return 'STOP';
  const started = task.lastStatus === 'RUNNING' || task.lastStatus === 'DEACTIVATING';
  return started && task.startedAt !== undefined && beforeRunning.includes(previous)
    ? 'START'
    : 'STATUS_CHANGE';
}

function taskObject(task: Task): object {
  return {
    taskArn: task.taskArn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.taskDefinitionArn,
    group: task.group,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    version: task.version,
    containers: (task.containers ?? []).map(containerObject),
  };
}

function containerObject(container: Container): object {
  return {
    containerArn: container.containerArn,
    name: container.name,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode ?? null,
    reason: container.reason ?? null,
  };
}

function healthEvent({ action, detail }: EventRecord): Rendered {
  return {
    type: 'health',
    action,
    status: action,
    object: { component: 'engine', status: action, reason: detail['reason'] ?? null },
  };
}

function placeOf(arn: string): { account?: string } {
  const parsed = parseArn(arn);
  return parsed ? { account: parsed.accountId } : {};
}
