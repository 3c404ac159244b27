/** Tasks as the engine's own objects tell them. */
import type { EngineContainer, EngineTask } from '../../core/ports/engine.ts';
import type { DockerClient, Filters } from './client/docker-client.ts';
import type { ContainerDetails } from './client/types.ts';
import { ownerLabel, readLabels, taskLabel, type TaskMark } from './labels.ts';

const inspectionsAtOnce = 8;

export interface FoundContainer {
  mark: TaskMark;
  details: ContainerDetails;
}

export const ofOwner = (owner: string): Filters => ({ label: [`${ownerLabel}=${owner}`, taskLabel] });
export const ofTask = (owner: string, id: string): Filters => ({
  label: [`${ownerLabel}=${owner}`, `${taskLabel}=${id}`],
});

/** In the order of their starts, by task. One request for the list and one for each container. */
export async function findTasks(
  client: DockerClient,
  filters: Filters,
): Promise<Map<string, FoundContainer[]>> {
  const waiting = (await client.listContainers(filters)).flatMap(({ Id, Labels }) => {
    const mark = readLabels(Labels);
    return mark ? [{ Id, mark }] : [];
  });
  const found: FoundContainer[] = [];
  const inspect = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const details = await client.inspectContainer(next.Id);
      if (details) found.push({ mark: next.mark, details });
    }
  };
  await Promise.all(Array.from({ length: inspectionsAtOnce }, inspect));
  found.sort((left, right) => left.mark.position - right.mark.position);
  const tasks = new Map<string, FoundContainer[]>();
  for (const container of found) {
    const siblings = tasks.get(container.mark.taskId);
    if (siblings) siblings.push(container);
    else tasks.set(container.mark.taskId, [container]);
  }
  return tasks;
}

export type OomJudge = (details: ContainerDetails) => Promise<boolean>;

export async function describeTask(
  id: string,
  containers: readonly FoundContainer[],
  wasOom: OomJudge,
): Promise<EngineTask> {
  const { network, bindings } = containers[0]!.mark;
  return {
    id,
    network,
    bindings,
    containers: await Promise.all(containers.map((container) => describeContainer(container, wasOom))),
  };
}

async function describeContainer(
  { mark, details }: FoundContainer,
  wasOom: OomJudge,
): Promise<EngineContainer> {
  const { State } = details;
  const startedAt = timeOf(State.StartedAt);
  const base = { name: mark.container, runtimeId: details.Id, imageDigest: mark.imageDigest };
  if (State.Running) return { ...base, state: 'running', startedAt };
  // A start that failed leaves Docker's container in "created" with an error, and a never started one has no time.
  if (startedAt === undefined) return { ...base, state: 'created' };
  return {
    ...base,
    state: 'exited',
    startedAt,
    exitCode: State.ExitCode,
    finishedAt: timeOf(State.FinishedAt) ?? startedAt,
    oomKilled: await wasOom(details),
  };
}

/** Undefined for the zero time, by which Go says that it never happened. */
function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}
