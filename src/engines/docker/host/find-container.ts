import { AppError } from '../../../core/errors.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';
import { readLabels } from '../labels.ts';
import { isHolder, plainName } from './container-description.ts';
import { hostError, notFound } from './errors.ts';

const nameForm = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** By id, prefix or name. Throws ResourceNotFound, also for what the adapter made for itself. */
export async function findContainer(client: DockerClient, name: string): Promise<ContainerDetails> {
  const details = nameForm.test(name) ? await inspected(client, name) : undefined;
  if (!details || isHolder(details.Config.Labels)) throw notFound('container', name);
  return details;
}

async function inspected(client: DockerClient, name: string): Promise<ContainerDetails | undefined> {
  try {
    return await client.inspectContainer(name);
  } catch (error) {
    throw hostError(error);
  }
}

/** Throws ResourceInUse naming the task that a container is of. */
export function refuseTaskContainer({ Name, Config }: ContainerDetails): void {
  const mark = readLabels(Config.Labels);
  if (!mark) return;
  throw new AppError(
    'ResourceInUse',
    `Container '${plainName(Name)}' is container '${mark.container}' of task ${mark.taskId}. ` +
      'Stop the task instead, or force the removal.',
    { task: mark.taskId },
  );
}

/** Throws Conflict for a container in which no process can be started. */
export function requireActive(details: ContainerDetails): void {
  requireRunning(details);
  if (!details.State.Paused) return;
  throw new AppError('Conflict', `Container '${plainName(details.Name)}' is paused; unpause it first.`);
}

/** Throws Conflict for a container that has no processes. */
export function requireRunning({ Name, State }: ContainerDetails): void {
  if (State.Running) return;
  throw new AppError('Conflict', `Container '${plainName(Name)}' does not run; it is ${State.Status}.`);
}
