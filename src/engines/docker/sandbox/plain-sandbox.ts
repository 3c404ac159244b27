import type { TaskSpec } from '../../../core/ports/engine.ts';
import { namesOf, pidModeOf } from './task-names.ts';
import type { TaskSandbox } from './sandbox.ts';

/** Modes `host` and `none`: nothing is ours, nothing is published. */
export function plainSandbox(spec: TaskSpec): TaskSandbox {
  return {
    mark: { kind: spec.networkMode },
    placement: (container, first) => ({
      networkMode: spec.networkMode,
      pidMode: pidModeOf(spec, first),
      names: namesOf(container, spec.networkMode === 'host' ? undefined : container.hostname),
    }),
    publish: async () => ({ bindings: [], inForce: Promise.resolve() }),
    release: async () => undefined,
  };
}

export const isPlain = ({ networkMode }: TaskSpec) => networkMode === 'host' || networkMode === 'none';
