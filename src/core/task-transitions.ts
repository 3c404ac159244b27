/**
 * How a task's record moves: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING,
 * STOPPED (Amazon ECS developer guide, "Task lifecycle"). Each function is pure: record in, new record out.
 */
import { epochSeconds, type Core } from './context.ts';
import type { Attachment, Container, Task } from './ecs-model.ts';
import type { EngineContainer, StartedTask, TaskNetwork } from './ports/engine.ts';
import type { TaskRecord, TaskStatus } from './records.ts';
import { giveBack } from './reservations.ts';

export type StopCode = NonNullable<Task['stopCode']>;

/** In the order a task goes through them. */
const TASK_STATUSES: readonly TaskStatus[] = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** Those in which a task still holds its place. */
export const LIVE_STATUSES = TASK_STATUSES.filter((status) => status !== 'STOPPED');

/**
 * Applies `change` to the stored record in one transaction with its event, and gives the reservation back when the
 * task has ended. Returns the record as stored, or undefined where there is none. An unchanged record is not written.
 */
export async function changeTask(
  core: Pick<Core, 'store' | 'clock'>,
  id: string,
  change: (record: TaskRecord) => TaskRecord,
): Promise<TaskRecord | undefined> {
  return core.store.transact(async (tx) => {
    const current = await tx.tasks.get(id);
    if (!current) return undefined;
    const changed = change(current);
    if (changed === current) return current;
    const next = { ...changed, task: { ...changed.task, version: (current.task.version ?? 0) + 1 } };
    if (next.phase === 'ended' && current.phase === 'live' && next.reservation) {
      await giveBack(tx, next.reservation);
    }
    await tx.tasks.put(next);
    await tx.emit({
      at: core.clock.now(),
      resource: 'task',
      subject: id,
      action: 'STATUS_CHANGE',
      detail: {
        task: next.task,
        previousStatus: current.lastStatus,
        changedContainers: changedContainers(current.task, next.task),
      },
    });
    return next;
  });
}

/** Names of the containers whose status is another one now. */
function changedContainers(before: Task, after: Task): string[] {
  if (before.containers === after.containers) return [];
  return (after.containers ?? [])
    .filter(({ lastStatus }, index) => lastStatus !== before.containers?.[index]?.lastStatus)
    .map(({ name }) => name!);
}

/** Moves on, never back: a task that is past `status` stays as it is. */
export function advanced(record: TaskRecord, status: TaskStatus, members: Partial<Task> = {}): TaskRecord {
  if (TASK_STATUSES.indexOf(status) <= TASK_STATUSES.indexOf(record.lastStatus)) return record;
  return { ...record, lastStatus: status, task: { ...record.task, ...members, lastStatus: status } };
}

export function asRunning(record: TaskRecord, started: StartedTask, now: number): TaskRecord {
  const startedAt = Math.max(...started.containers.map((container) => container.startedAt));
  const next = advanced(record, 'RUNNING', {
    connectivity: 'CONNECTED',
    connectivityAt: epochSeconds(now),
    startedAt: epochSeconds(startedAt),
    attachments: (record.task.attachments ?? []).map((attachment) => attached(attachment, started.network)),
    containers: (record.task.containers ?? []).map((container) =>
      runningContainer(record, container, started),
    ),
  });
  return next;
}

function runningContainer(record: TaskRecord, container: Container, started: StartedTask): Container {
  const found = started.containers.find((candidate) => candidate.name === container.name);
  if (!found) return container;
  const bridge = record.spec.networkMode === 'bridge' || record.spec.networkMode === 'host';
  return {
    ...container,
    lastStatus: 'RUNNING',
    runtimeId: found.runtimeId,
    ...(found.imageDigest && { imageDigest: found.imageDigest }),
    ...(bridge && {
      networkBindings: started.bindings
        .filter((binding) => binding.container === container.name)
        .map(({ bindIp, containerPort, hostPort, protocol }) => ({
          bindIP: bindIp,
          containerPort,
          hostPort,
          protocol,
        })),
    }),
    networkInterfaces:
      record.spec.networkMode === 'awsvpc' && started.network
        ? [{ attachmentId: record.task.attachments?.[0]?.id, privateIpv4Address: started.network.address }]
        : [],
  };
}

function attached(attachment: Attachment, network: TaskNetwork | undefined): Attachment {
  if (!network) return attachment;
  const subnet = attachment.details?.filter((detail) => detail.name === 'subnetId') ?? [];
  return {
    ...attachment,
    status: 'ATTACHED',
    details: [
      ...subnet,
      { name: 'networkInterfaceId', value: `eni-${(attachment.id ?? '').replaceAll('-', '').slice(0, 17)}` },
      { name: 'macAddress', value: network.macAddress },
      { name: 'privateDnsName', value: `ip-${network.address.replaceAll('.', '-')}.ec2.internal` },
      { name: 'privateIPv4Address', value: network.address },
    ],
  };
}

/** What a finished start shows: RUNNING, or past it where every container has ended by now. */
export function asStarted(
  record: TaskRecord,
  started: StartedTask,
  exits: ReadonlyMap<string, EngineContainer>,
  now: number,
): TaskRecord {
  const next = withExits(asRunning(record, started, now), exits, now);
  const over = next.task.containers?.every(({ lastStatus }) => lastStatus === 'STOPPED');
  return over ? advanced(next, 'DEACTIVATING') : next;
}

/**
 * Records containers that have ended. When an essential one did, or none is left, the task is asked to stop.
 */
export function withExits(
  record: TaskRecord,
  exits: ReadonlyMap<string, EngineContainer>,
  now: number,
): TaskRecord {
  const containers = (record.task.containers ?? []).map((container) => exitedContainer(container, exits));
  if (containers.every((container, index) => container === record.task.containers![index])) return record;
  const next: TaskRecord = { ...record, task: { ...record.task, containers } };
  if (record.desiredStatus === 'STOPPED') return next;
  const ended = new Set(
    containers.filter((container) => container.lastStatus === 'STOPPED').map(({ name }) => name),
  );
  const essentialEnded = record.spec.containers.some(({ name, essential }) => essential && ended.has(name));
  if (!essentialEnded && ended.size < containers.length) return next;
  return asStopRequested(next, 'EssentialContainerExited', 'Essential container in task exited', now);
}

function exitedContainer(container: Container, exits: ReadonlyMap<string, EngineContainer>): Container {
  const exit = exits.get(container.name!);
  if (!exit || exit.state !== 'exited' || container.lastStatus === 'STOPPED') return container;
  return {
    ...container,
    lastStatus: 'STOPPED',
    runtimeId: exit.runtimeId || container.runtimeId,
    ...(exit.exitCode !== undefined && { exitCode: exit.exitCode }),
    ...(exit.exitCode === undefined && { reason: 'The container is gone and left no exit code.' }),
    ...(exit.oomKilled && { reason: 'OutOfMemoryError: Container killed due to memory usage' }),
  };
}

export function asStopRequested(
  record: TaskRecord,
  stopCode: StopCode,
  reason: string,
  now: number,
): TaskRecord {
  if (record.desiredStatus === 'STOPPED') return record;
  return {
    ...record,
    desiredStatus: 'STOPPED',
    task: {
      ...record.task,
      desiredStatus: 'STOPPED',
      stopCode,
      stoppedReason: reason.slice(0, 1024),
      stoppingAt: epochSeconds(now),
    },
  };
}

/** The task could not be brought up: why, on the task and on the container it was about. */
export function asFailedToStart(
  record: TaskRecord,
  reason: string,
  container: string | undefined,
  now: number,
): TaskRecord {
  const failed = asStopRequested(record, 'TaskFailedToStart', reason, now);
  const containers = (failed.task.containers ?? []).map((candidate) =>
    candidate.name === container ? { ...candidate, reason: reason.slice(0, 1024) } : candidate,
  );
  return { ...failed, task: { ...failed.task, containers } };
}

export function asStopped(record: TaskRecord, now: number): TaskRecord {
  const next = advanced(record, 'STOPPED', {
    stoppedAt: epochSeconds(now),
    executionStoppedAt: record.task.executionStoppedAt ?? epochSeconds(now),
    attachments: (record.task.attachments ?? []).map((attachment) => ({ ...attachment, status: 'DELETED' })),
    containers: (record.task.containers ?? []).map((container) => ({ ...container, lastStatus: 'STOPPED' })),
  });
  return { ...next, phase: 'ended', stoppedAt: now };
}
