import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerUsage } from '../../../core/ports/host-containers.ts';

const everyMs = 1000;

/**
 * One sample at once and one each second, asked for one by one: the engines' own streams begin a second late, freeze
 * without a word, and do not begin at all for a container that has not started (Podman).
 */
export async function* usageStream(
  read: () => Promise<ContainerUsage>,
  signal: AbortSignal,
): AsyncGenerator<ContainerUsage> {
  while (!signal.aborted) {
    const usage = await read();
    if (signal.aborted) return;
    yield usage;
    if (!usage.running) return;
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
