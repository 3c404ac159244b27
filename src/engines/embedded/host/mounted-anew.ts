/**
 * Podman takes the root of a container that ended by itself for mounted. When no container runs that keeps the mounts,
 * they end with that Podman, and the next one's start of the container finds nothing to run in it. Podman cleans up after
 * a start that failed, so that one more finds the root in place.
 */
import { AppError } from '../../../core/errors.ts';
import type { ContainerReference, HostContainers } from '../../../core/ports/host-containers.ts';

export function mountedAnew(inner: HostContainers): HostContainers {
  const tryAgain = async <T>(
    container: ContainerReference,
    work: (container: ContainerReference) => Promise<T>,
  ): Promise<T> => {
    try {
      return await work(container);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'InvalidParameter') throw error;
      const { id, startedAt } = await inner.inspect(typeof container === 'string' ? container : container.id);
      // It never ran: what it is to run is not there.
      if (startedAt === undefined) throw error;
      return work(id);
    }
  };
  return {
    ...inner,
    start: (container) => tryAgain(container, (each) => inner.start(each)),
    restart: (container, options) => tryAgain(container, (each) => inner.restart(each, options)),
  };
}
