/** Containers one by one, with what is done for them while they live. */
import { constants } from 'node:os';
import { AppError } from '../../../core/errors.ts';
import type { HostContainerSpec } from '../../../core/ports/host-container-spec.ts';
import type {
  ContainerReference,
  HostContainerDetails,
  HostContainers,
} from '../../../core/ports/host-containers.ts';
import { pageOfContainers } from '../../docker/host/container-list.ts';
import type { ContainerCare } from './container-care.ts';
import type { KeptContainer } from './kept-container.ts';

const fullId = /^[0-9a-f]{64}$/;

export function caredContainers(inner: HostContainers, care: ContainerCare): HostContainers {
  const find = finder(inner, care);
  return {
    ...inner,
    ...lifeOf(inner, find),
    list: async (query = {}) => {
      const { items } = await inner.list();
      return pageOfContainers(
        items.map((container) => care.inSummary(container)),
        query,
      );
    },
    inspect: async (container) => care.fillIn(await inner.inspect(container)),
    create: async (spec) => {
      refuseContradiction(spec);
      const made = await inner.create(spec);
      try {
        await care.begin(await inner.inspect(made.id));
      } catch (error) {
        await inner.remove(made.id);
        throw error;
      }
      return made;
    },
    update: async (container, changes) => {
      const details = typeof container === 'string' ? await inner.inspect(container) : container;
      const kept = care.adopted(details);
      refuseContradiction({ autoRemove: kept.record.autoRemove, ...changes });
      await kept.held(() => kept.change(changes));
      return { warnings: [] };
    },
    remove: async (container, options) => {
      const { asked, kept } = await find(container);
      if (!kept) return inner.remove(asked, options);
      if (kept.isRestarting && !options?.force) throw aboutToStart(await inner.inspect(kept.id));
      await kept.held(() => inner.remove(kept.id, options));
    },
    wait: async (container, signal) => {
      const { id } = typeof container === 'string' ? await inner.inspect(container) : container;
      try {
        return await inner.wait(id, signal);
      } catch (error) {
        const exitCode = care.endOf(id);
        if (exitCode === undefined) throw error;
        return { exitCode };
      }
    },
  };
}

/** What to ask the engine with, and what is kept of it. */
type Find = (
  container: ContainerReference,
) => Promise<{ asked: ContainerReference; kept: KeptContainer | undefined }>;

const finder =
  (inner: HostContainers, care: ContainerCare): Find =>
  async (container) => {
    const isPlain = typeof container === 'string' && !fullId.test(container);
    const asked = isPlain ? await inner.inspect(container) : container;
    return { asked, kept: care.of(typeof asked === 'string' ? asked : asked.id) };
  };

type Life = Pick<HostContainers, 'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause'>;

function lifeOf(inner: HostContainers, find: Find): Life {
  return {
    start: async (container) => {
      const { asked, kept } = await find(container);
      if (!kept) return inner.start(asked);
      return kept.held(async () => {
        const started = await inner.start(kept.id);
        if (started) await kept.started();
        return started;
      });
    },
    stop: async (container, options) => {
      const { asked, kept } = await find(container);
      if (!kept) return inner.stop(asked, options);
      return kept.held(async (wasRestarting) => {
        await kept.stopsByHand();
        return (await inner.stop(kept.id, options)) || wasRestarting;
      });
    },
    restart: async (container, options) => {
      const { asked, kept } = await find(container);
      if (!kept) return inner.restart(asked, options);
      await kept.held(async () => {
        // Should it not start, it is not ours to try again.
        await kept.stopsByHand();
        await inner.restart(kept.id, options);
        await kept.started();
      });
    },
    kill: async (container, signal = 'SIGKILL') => {
      const { asked, kept } = await find(container);
      if (!kept) return inner.kill(asked, signal);
      if (kept.isRestarting) return kept.held(() => kept.stopsByHand());
      if (ends(signal, await inner.inspect(kept.id))) await kept.stopsByHand();
      // Not held: it is to come through while a stop waits.
      return inner.kill(kept.id, signal);
    },
    pause: async (container) => {
      const { asked, kept } = await find(container);
      const done = await inner.pause(asked);
      void kept?.look();
      return done;
    },
    unpause: async (container) => {
      const { asked, kept } = await find(container);
      const done = await inner.unpause(asked);
      void kept?.look();
      return done;
    },
  };
}

function refuseContradiction({
  autoRemove,
  restartPolicy,
}: Pick<HostContainerSpec, 'autoRemove' | 'restartPolicy'>): void {
  if (!autoRemove || !restartPolicy || restartPolicy.name === 'no') return;
  const message =
    'A container that is removed when it ends cannot be started again then; leave out one of both.';
  throw new AppError('InvalidParameter', message, { field: 'restart_policy' });
}

/** Signals that are to end it: what it does at others is its own affair. */
function ends(signal: string, { spec }: HostContainerDetails): boolean {
  const asked = numberOf(signal);
  return ['SIGKILL', 'SIGTERM', spec.stopSignal ?? 'SIGTERM'].some((each) => numberOf(each) === asked);
}

function numberOf(signal: string): number | undefined {
  if (/^\d+$/.test(signal)) return Number(signal);
  const name = signal.toUpperCase();
  const numbers: Record<string, number> = constants.signals;
  return numbers[name.startsWith('SIG') ? name : `SIG${name}`];
}

const aboutToStart = ({ name }: HostContainerDetails) =>
  new AppError(
    'ResourceInUse',
    `Container '${name}' is about to be started again. Stop it first, or force the removal.`,
  );
