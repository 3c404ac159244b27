/** What is done to a container that is there: start, stop and all between, until it is removed. */
import { parseArn } from '../arn.ts';
import { AppError } from '../errors.ts';
import type {
  ContainerChanges,
  ContainerState,
  HostContainerDetails,
  StopOptions,
} from '../ports/host-containers.ts';
import { seesAccount, type Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { findContainer, seesServer } from './visibility.ts';

export interface Outcome {
  id: string;
  name: string;
  state: ContainerState;
  /** False where it was so already. */
  changed: boolean;
}

/** Also what is a task's, whose containers are else left to it. */
export interface Force {
  force?: boolean | undefined;
}

export async function startContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: Force = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, options);
  try {
    return outcome(found, await hostOf(core).containers.start(found), 'running');
  } catch (error) {
    throw await withoutOthers(core, caller, error);
  }
}

export async function stopContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: StopOptions & Force = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, options);
  return outcome(found, await hostOf(core).containers.stop(found, options), 'exited');
}

export async function restartContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: StopOptions & Force = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, options);
  try {
    await hostOf(core).containers.restart(found, options);
  } catch (error) {
    throw await withoutOthers(core, caller, error);
  }
  return outcome(found, true, 'running');
}

/** What the signal does is the container's affair: the state is the one right after it. */
export async function killContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  { signal, force }: Force & { signal?: string | undefined } = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, { force });
  await hostOf(core).containers.kill(found, signal);
  return outcome(found, true, await stateOf(core, found.id));
}

export async function pauseContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: Force = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, options);
  return outcome(found, await hostOf(core).containers.pause(found), 'paused');
}

export async function unpauseContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  options: Force = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, options);
  return outcome(found, await hostOf(core).containers.unpause(found), 'running');
}

export async function renameContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  name: string,
  options: Force = {},
): Promise<Outcome> {
  const found = await changeable(core, caller, reference, options);
  if (found.name === name) return outcome(found, false, found.state);
  await hostOf(core).containers.rename(found, name);
  return outcome({ ...found, name }, true, found.state);
}

/** Limits and restart policy, at once. Answers with warnings of the engine. */
export async function updateContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  changes: ContainerChanges,
  options: Force = {},
): Promise<{ details: HostContainerDetails; warnings: string[] }> {
  const found = await changeable(core, caller, reference, options);
  const { warnings } = await hostOf(core).containers.update(found, changes);
  return { details: await hostOf(core).containers.inspect(found.id), warnings };
}

export async function removeContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  { force = false, anonymousVolumes = false }: Force & { anonymousVolumes?: boolean | undefined } = {},
): Promise<{ id: string }> {
  const found = await changeable(core, caller, reference, { force });
  await hostOf(core).containers.remove(found, { force, anonymousVolumes });
  return { id: found.id };
}

export async function listProcesses(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<{ titles: string[]; processes: string[][] }> {
  const found = await findContainer(core, caller, reference);
  return hostOf(core).containers.top(found);
}

/** A task owns the life of its containers: throws `ResourceInUse` for one of those unless forced. */
async function changeable(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  { force }: Force,
): Promise<HostContainerDetails> {
  const found = await findContainer(core, caller, reference);
  core.recreations.refuseHeld(found.id, found.name);
  if (found.task === undefined || force === true) return found;
  throw new AppError(
    'ResourceInUse',
    `Container '${found.name}' is container '${found.task.container}' of task ${found.task.id}, which decides over ` +
      'it. Stop the task instead, or say force=true.',
    { task: found.task.id, field: 'container_id' },
  );
}

/** `state`: after a change; what changed nothing leaves it as it was found. */
const outcome = (
  { id, name, state: before }: HostContainerDetails,
  changed: boolean,
  state: ContainerState,
): Outcome => ({ id, name, state: changed ? state : before, changed });

async function stateOf(core: ContainersCore, id: string): Promise<ContainerState> {
  try {
    return (await hostOf(core).containers.inspect(id)).state;
  } catch (error) {
    // One that is removed when it ends has ended.
    if (!(error instanceof AppError) || error.code !== 'ResourceNotFound') throw error;
    return 'removing';
  }
}

/** Who holds a port is told only to those who may see it. */
export async function withoutOthers(
  core: ContainersCore,
  caller: Principal,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof AppError) || typeof error.details['holder'] !== 'string') return error;
  const { holder, port, ...details } = error.details;
  if (await maySee(core, caller, holder)) return error;
  return new AppError(error.code, `Port ${String(port)} is taken by something else on this machine.`, {
    ...details,
    port,
  });
}

async function maySee(core: ContainersCore, caller: Principal, holder: string): Promise<boolean> {
  const task = /^task (arn:.*)$/.exec(holder)?.[1];
  if (task !== undefined) return seesAccount(caller, parseArn(task)?.accountId ?? core.account);
  const container = /^container '(.*)'$/.exec(holder)?.[1];
  // A program of the machine's own.
  if (container === undefined) return seesServer(core, caller);
  return findContainer(core, caller, container).then(
    () => true,
    () => false,
  );
}
