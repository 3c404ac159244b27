/**
 * Ends what was begun, one way or the other, from what is there: after a failure, and after the server or the engine
 * ended in the middle. May itself be ended anywhere: what is left is found again by the mark, which goes last.
 */
import { AppError } from '../../errors.ts';
import type { ContainerHost } from '../../ports/container-host.ts';
import type { ContainerState, HostContainerDetails } from '../../ports/host-containers.ts';
import { absent } from '../absent.ts';
import {
  backName,
  formerName,
  markOf,
  nextName,
  outcomeOf,
  type Mark,
  type Outcome,
  type Standing,
} from './marks.ts';

export interface Settled {
  outcome: Outcome;
  /** Why the original does not run, though it did before. */
  problem?: unknown;
}

/** `replacement`: what the engine says of it now. Throws what the engine throws; then it is to be called again. */
export async function settle(host: ContainerHost, replacement: HostContainerDetails): Promise<Settled> {
  const mark = markOf(replacement.labels);
  if (mark === undefined) return { outcome: 'nothing' };
  const original = await host.containers.inspect(mark.original).catch(absent);
  const outcome = outcomeOf(mark, original && standingOf(original), standingOf(replacement));
  if (outcome === 'take-name') await host.containers.rename(replacement.id, mark.name);
  if (outcome === 'forward') await goForward(host, mark, replacement);
  if (outcome === 'back') return { outcome, ...(await goBack(host, mark, original!, replacement)) };
  return { outcome };
}

export const isLive = (state: ContainerState): boolean => ['running', 'paused', 'restarting'].includes(state);

const standingOf = ({ name, state }: HostContainerDetails): Standing => ({ name, running: isLive(state) });

/** The replacement stays. `swapped`: is told once it has the name. */
export async function goForward(
  { containers }: ContainerHost,
  mark: Mark,
  replacement: Pick<HostContainerDetails, 'id' | 'name'>,
  swapped: () => void = () => undefined,
): Promise<void> {
  if (replacement.name !== mark.name) await containers.rename(replacement.id, mark.name);
  swapped();
  // One that the engine removes when it ends may be gone by now.
  await containers.stop(mark.original).catch(absent);
  await containers.remove(mark.original, { force: true }).catch(absent);
}

/**
 * The original stays. A replacement that ended may hold its ports until it is removed (Podman), and it bears the mark:
 * from its removal on the name of the original says that it is still to run.
 */
async function goBack(
  { containers }: ContainerHost,
  mark: Mark,
  original: HostContainerDetails,
  replacement: HostContainerDetails,
): Promise<Pick<Settled, 'problem'>> {
  await containers.stop(replacement.id, { timeoutSeconds: 0 });
  if (replacement.name === mark.name) await containers.rename(replacement.id, nextName(mark));
  const mustStart = mark.ran && !isLive(original.state);
  const name = mustStart ? backName(mark) : mark.name;
  const isOurs = [formerName(mark), mark.name].includes(original.name);
  if (isOurs && original.name !== name) await containers.rename(original.id, name);
  // Those of its volumes that have no name are its own: what it has of the original's, it has by name.
  await containers.remove(replacement.id, { force: true, anonymousVolumes: true }).catch(absent);
  return mustStart ? runAgain({ containers }, mark) : {};
}

/** The original runs, and has its name again. */
export async function runAgain(
  { containers }: Pick<ContainerHost, 'containers'>,
  mark: Mark,
): Promise<Pick<Settled, 'problem'>> {
  const problem = await startAgain(containers, mark.original);
  const { name } = await containers.inspect(mark.original);
  if (name === backName(mark)) await containers.rename(mark.original, mark.name);
  return problem === undefined ? {} : { problem };
}

const attempts = 3;

/** Answers why it does not run, where the engine says so; throws where the engine does not answer. */
async function startAgain(containers: ContainerHost['containers'], id: string): Promise<unknown> {
  let problem: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      await containers.start(id);
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problem = error;
    }
  }
  return problem;
}
