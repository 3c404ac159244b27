/** What the engine's objects say about themselves: enough to find a task again from nothing else. */
import { createHash } from 'node:crypto';
import type { Binding, TaskNetwork, TaskSpec } from '../../core/ports/engine.ts';

export const ownerLabel = 'longshore.owner';
export const taskLabel = 'longshore.task';
export const containerLabel = 'longshore.container';
export const holderLabel = 'longshore.holder';
const positionLabel = 'longshore.position';
const stopTimeoutLabel = 'longshore.stop-timeout';
const digestLabel = 'longshore.image-digest';
const sandboxLabel = 'longshore.sandbox';
const networkLabel = 'longshore.network';
const bindingsLabel = 'longshore.bindings';

const own = new Set([
  ...[ownerLabel, taskLabel, containerLabel, holderLabel, positionLabel, stopTimeoutLabel],
  ...[digestLabel, sandboxLabel, networkLabel, bindingsLabel],
]);

/** What a container carries of its task. */
export interface TaskMark {
  owner: string;
  taskId: string;
  container: string;
  /** Its place in the order of starts, and how many there are. */
  position: number;
  count: number;
  stopTimeoutSeconds: number;
  imageDigest?: string;
  network?: TaskNetwork;
  bindings: Binding[];
  /** What the provider of the task's sandbox needs to find it again. */
  sandbox: Record<string, string | number>;
}

/** Of the names of tasks' containers, and of no others. */
export const taskContainerPrefix = 'longshore-';

export const containerName = (task: string, container: string) =>
  `${taskContainerPrefix}${task}-${fitting(container)}`;
export const volumeName = (task: string, volume: string) => `longshore-${task}-${fitting(volume)}`;

/** ECS allows names of 255 characters, which with what we put before them are too long for a file's. */
function fitting(name: string): string {
  if (name.length <= 100) return name;
  return `${name.slice(0, 80)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

export function labelsOf(
  spec: TaskSpec,
  mark: TaskMark,
  user: Record<string, string>,
): Record<string, string> {
  return {
    ...usersOwn(user),
    ...spec.labels,
    [ownerLabel]: mark.owner,
    [taskLabel]: mark.taskId,
    [containerLabel]: mark.container,
    [positionLabel]: `${mark.position}/${mark.count}`,
    [stopTimeoutLabel]: String(mark.stopTimeoutSeconds),
    [sandboxLabel]: JSON.stringify(mark.sandbox),
    [bindingsLabel]: JSON.stringify(mark.bindings),
    ...(mark.network && { [networkLabel]: JSON.stringify(mark.network) }),
    ...(mark.imageDigest !== undefined && { [digestLabel]: mark.imageDigest }),
  };
}

/** Ours are believed when tasks are found again, so none of them is for others to give. */
export function usersOwn(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !own.has(name)));
}

/** Undefined where these are not the labels of a task's container. */
export function readLabels(labels: Record<string, string> | null): TaskMark | undefined {
  const taskId = labels?.[taskLabel];
  const container = labels?.[containerLabel];
  if (!labels || taskId === undefined || container === undefined) return undefined;
  const [position = 0, count = 0] = (labels[positionLabel] ?? '').split('/').map(Number);
  return {
    owner: labels[ownerLabel] ?? '',
    taskId,
    container,
    position,
    count,
    stopTimeoutSeconds: Number(labels[stopTimeoutLabel] ?? 30),
    imageDigest: labels[digestLabel],
    network: parse<TaskNetwork | undefined>(labels[networkLabel], undefined),
    bindings: parse<Binding[]>(labels[bindingsLabel], []),
    sandbox: parse<Record<string, string | number>>(labels[sandboxLabel], {}),
  };
}

function parse<T>(text: string | undefined, otherwise: T): T {
  if (text === undefined) return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}
