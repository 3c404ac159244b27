/**
 * A container made anew with other settings: the new one is good before the old one goes, and whatever fails, the old
 * one is back under its name as it was.
 */
import { AppError, EngineError } from '../../errors.ts';
import type { HostContainerDetails } from '../../ports/host-containers.ts';
import type { HostContainerSpec } from '../../ports/host-container-spec.ts';
import type { TransferOptions } from '../../ports/host-images.ts';
import type { Principal } from '../../principal.ts';
import { absent } from '../absent.ts';
import { hostOf, type ContainersCore } from '../context.ts';
import { created, haveImage } from '../creation.ts';
import { judge, judgeWhole } from '../judgement.ts';
import { withoutOthers } from '../lifecycle.ts';
import { findContainer } from '../visibility.ts';
import { untilGood, type Patience } from './health.ts';
import { formerName, markOf, type Mark } from './marks.ts';
import { planRecreation, type Changes, type Plan } from './plan.ts';
import { goForward } from './settling.ts';
import { Steps, type OnStep, type Step } from './steps.ts';

export interface RecreationRequest extends Changes, Patience {
  pull: 'missing' | 'always' | 'never';
  /** As when a container is made: how the request calls each mount and port that it gives. */
  mountFields: readonly string[];
  portFields: readonly string[];
}

export interface PlannedRecreation {
  original: HostContainerDetails;
  plan: Plan;
}

export interface Recreation extends PlannedRecreation {
  details: HostContainerDetails;
  steps: readonly Step[];
  /** How long neither of them was there for its clients, in milliseconds. */
  downtimeMs: number;
  warnings: string[];
}

export interface RecreationOptions {
  signal: AbortSignal;
  onStep?: OnStep | undefined;
  onProgress?: TransferOptions['onProgress'];
}

/** Changes nothing. Throws what making it anew would be refused for before anything is done. */
export async function previewRecreation(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  request: RecreationRequest,
): Promise<PlannedRecreation> {
  return planned(core, caller, await recreatable(core, caller, reference), request);
}

/**
 * Throws `ResourceInUse` for a container of a task, `Conflict` for one that is being made anew already; what the new
 * one was refused for, with the step in `details.errors`. The original is then back, which the message says.
 */
export async function recreateContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  request: RecreationRequest,
  options: RecreationOptions,
): Promise<Recreation> {
  const { id, name } = await recreatable(core, caller, reference);
  const letGo = core.recreations.hold(id, name);
  let isOver = true;
  try {
    // Again: now nobody changes it here.
    const preview = await planned(core, caller, await recreatable(core, caller, id), request);
    const work = new Work(core, caller, preview, request, options);
    try {
      return await work.run();
    } finally {
      isOver = work.isOver;
    }
  } finally {
    if (isOver) letGo();
  }
}

async function recreatable(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<HostContainerDetails> {
  const found = await findContainer(core, caller, reference);
  const { name, task, state, unsaid } = found;
  const field = 'container_id';
  if (task !== undefined) {
    throw new AppError(
      'ResourceInUse',
      `Container '${name}' is container '${task.container}' of task ${task.id}, which decides over it. Change its task ` +
        'definition instead, and run the task anew (RunTask), or let its service do so (UpdateService).',
      { task: task.id, field },
    );
  }
  if (['paused', 'removing', 'dead'].includes(state)) {
    const message = `Container '${name}' is ${state}. It can be made anew while it runs, or when it has ended.`;
    throw new AppError('Conflict', message, { field });
  }
  if (unsaid.length > 0) {
    throw new AppError(
      'Conflict',
      `Container '${name}' has settings that it would lose here: ${unsaid.join(', ')}. Make it anew with the program ` +
        'that made it.',
      { field },
    );
  }
  return found;
}

async function planned(
  core: ContainersCore,
  caller: Principal,
  original: HostContainerDetails,
  request: RecreationRequest,
): Promise<PlannedRecreation> {
  const host = hostOf(core);
  const { given, labels, mountFields, portFields } = request;
  const { add = [], drop = [] } = request.capabilities ?? {};
  const asked: HostContainerSpec = {
    image: original.image,
    ...given,
    capabilities: { add, drop },
    ...(labels && { labels: labels.values }),
  };
  await judge(core, caller, { spec: asked, mountFields, portFields });
  const ports = given.ports?.map((port) => ({ ...port, hostIp: port.hostIp ?? core.publishAddress }));
  const image = await host.images.inspect(original.imageId).catch(absent);
  const plan = planRecreation(
    { details: original, image, server: core.recreations.server },
    { ...request, given: { ...given, ...(ports && { ports }) } },
  );
  // Also what it has since before, and by others: with another image it would serve another program.
  await judgeWhole({ ...plan.spec, name: original.name }, core.machine);
  return { original, plan };
}

class Work {
  /** False while the engine does not answer and the original is still to be brought back. */
  isOver = true;
  readonly #core: ContainersCore;
  readonly #caller: Principal;
  readonly #preview: PlannedRecreation;
  readonly #request: RecreationRequest;
  readonly #options: RecreationOptions;
  readonly #steps: Steps;
  readonly #mark: Mark;
  readonly #warnings: string[];
  /** From when on the original did not answer, and until when. */
  #downFrom: number | undefined;
  #downUntil: number | undefined;

  constructor(
    core: ContainersCore,
    caller: Principal,
    preview: PlannedRecreation,
    request: RecreationRequest,
    options: RecreationOptions,
  ) {
    this.#core = core;
    this.#caller = caller;
    this.#preview = preview;
    this.#request = request;
    this.#options = options;
    this.#steps = new Steps(core.clock, options.onStep);
    this.#mark = markOf(preview.plan.spec.labels ?? {})!;
    this.#warnings = [...preview.plan.warnings];
  }

  async run(): Promise<Recreation> {
    const made: { id?: string } = {};
    let letGo: () => void = () => undefined;
    try {
      await this.#pull();
      made.id = await this.#create();
      letGo = this.#core.recreations.hold(made.id, this.#preview.plan.spec.name!);
      if (this.#preview.plan.runs) await this.#bringUp(made.id);
      await this.#replace(made.id);
    } catch (error) {
      throw await this.#restored(error, made.id);
    } finally {
      letGo();
    }
    return {
      ...this.#preview,
      details: await hostOf(this.#core).containers.inspect(made.id),
      steps: this.#steps.taken,
      downtimeMs: this.#downFrom === undefined ? 0 : this.#downUntil! - this.#downFrom,
      warnings: this.#warnings,
    };
  }

  async #pull(): Promise<void> {
    const { signal, onProgress } = this.#options;
    const { spec } = this.#preview.plan;
    await this.#take('pull', () =>
      haveImage(this.#core, this.#caller, { spec, pull: this.#request.pull }, { signal, onProgress }),
    );
  }

  async #create(): Promise<string> {
    const { spec, networks } = this.#preview.plan;
    return this.#take('create', async () => {
      const { id, warnings } = await created(this.#core, spec);
      this.#warnings.push(...warnings);
      for (const { network, aliases } of networks) {
        await hostOf(this.#core).networks.connect(network, id, { aliases });
      }
      return id;
    });
  }

  async #bringUp(id: string): Promise<void> {
    const { clock } = this.#core;
    const host = hostOf(this.#core);
    if (this.#preview.plan.order === 'stop-first') {
      this.#downFrom = clock.now();
      await this.#take('stop-original', () => host.containers.stop(this.#mark.original));
    }
    await this.#take('start', async () => {
      try {
        await host.containers.start(id);
      } catch (error) {
        throw await withoutOthers(this.#core, this.#caller, error);
      }
    });
    const { signal } = this.#options;
    const { stableSeconds, timeoutSeconds } = this.#request;
    await this.#take('health', () => untilGood(id, { host, clock, signal, stableSeconds, timeoutSeconds }));
    this.#downUntil = clock.now();
  }

  /** The original gives up its name first: from then on the new one stays. */
  async #replace(id: string): Promise<void> {
    const host = hostOf(this.#core);
    const replacement = { id, name: this.#preview.plan.spec.name! };
    await this.#take('swap', () => host.containers.rename(this.#mark.original, formerName(this.#mark)));
    await this.#steps.take('remove-original', () => goForward(host, this.#mark, replacement));
  }

  /** A step that may be left out where the caller gave up. */
  #take<T>(name: Step['name'], work: () => Promise<T>): Promise<T> {
    this.#options.signal.throwIfAborted();
    return this.#steps.take(name, work);
  }

  /** What is to be thrown, once the original is as it was. */
  async #restored(error: unknown, id: string | undefined): Promise<unknown> {
    const failed = this.#steps.last?.name ?? 'pull';
    // Nothing was changed, and nothing can have been.
    if (failed === 'pull') return this.#told(error, failed, 'The original was not touched.', '');
    const output = id === undefined ? '' : await this.#lastWords(id);
    const settled = await this.#core.recreations.settleOne(this.#mark);
    this.isOver = settled !== undefined;
    if (settled === undefined) {
      const later = 'The engine does not answer; as soon as it does, the original is brought back.';
      return this.#told(error, failed, later, output);
    }
    if (settled.outcome === 'forward')
      return this.#told(error, failed, 'The new container has its place.', output);
    const problem =
      settled.problem instanceof Error ? ` but does not run: ${settled.problem.message}` : ' as it was.';
    return this.#told(error, failed, `The original is back${problem}`, output);
  }

  #told(error: unknown, step: string, end: string, output: string): unknown {
    if (this.#options.signal.aborted) return error;
    if (!(error instanceof AppError) && !(error instanceof EngineError)) return error;
    const message = `Container '${this.#mark.name}' was not made anew; it failed at ${step}. ${error.message} ${end}`;
    const errors = [
      { field: 'step', message: step },
      ...(output === '' ? [] : [{ field: 'output', message: output }]),
    ];
    if (error instanceof EngineError) return new EngineError(error.code, message, this.#mark.name);
    return new AppError(error.code, message, { ...error.details, errors });
  }

  /** What the new one wrote last. None where the engine does not answer any more. */
  async #lastWords(id: string): Promise<string> {
    const lines: string[] = [];
    if (!this.#caller.scopes.allows('containers:logs')) return '';
    try {
      for await (const batch of hostOf(this.#core).containers.logs(id, { tail: mostLines })) {
        lines.push(...batch.map(({ message }) => message.slice(0, mostOfLine)));
      }
    } catch {
      return '';
    }
    return lines.join('\n');
  }
}

const mostLines = 20;
const mostOfLine = 500;
