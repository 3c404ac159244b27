/** For Podman: a namespace of ours, entered by its path. No container holds it. */
import type { TaskSpec } from '../../../core/ports/engine.ts';
import type { NetworkLease, TaskNetworks } from '../../../network/task-networks.ts';
import { asPublished, publishOn } from './lease-ports.ts';
import { isPlain, plainSandbox } from './plain-sandbox.ts';
import type { FoundTask, SandboxProvider, TaskSandbox } from './sandbox.ts';
import { hostnameOf, namesOf, networkOf, pidModeOf } from './task-names.ts';

export class NamespaceSandboxes implements SandboxProvider {
  readonly #networks: TaskNetworks;

  constructor(networks: TaskNetworks) {
    this.#networks = networks;
  }

  async open(spec: TaskSpec): Promise<TaskSandbox> {
    return isPlain(spec) ? plainSandbox(spec) : this.#sandbox(await this.#networks.claim(), spec);
  }

  async adopt(tasks: readonly FoundTask[]): Promise<(TaskSandbox | undefined)[]> {
    const leased = tasks.filter(({ mark }) => mark['kind'] === 'namespace');
    const leases = await this.#networks.adopt(
      leased.map(({ mark, bindings }) => ({ slot: Number(mark['slot']), published: asPublished(bindings) })),
    );
    return tasks.map((task) => {
      const lease = leases[leased.indexOf(task)];
      return lease && this.#sandbox(lease);
    });
  }

  async refresh(): Promise<void> {
    // Namespaces are the kernel's: an engine that restarts takes none with it.
  }

  async close(): Promise<void> {
    // The pool is TaskNetworks' own, and so is closing it.
  }

  /** Without `spec`: an adopted one, in which nothing is started any more. */
  #sandbox(lease: NetworkLease, spec?: TaskSpec): TaskSandbox {
    const network = networkOf(lease);
    return {
      network,
      mark: { kind: 'namespace', slot: lease.slot },
      placement: (container, first) => ({
        networkMode: `ns:${lease.path}`,
        pidMode: spec && pidModeOf(spec, first),
        names: namesOf(container, container.hostname ?? hostnameOf(network), network),
      }),
      publish: () => publishOn(this.#networks, lease, spec?.ports ?? []),
      release: () => this.#networks.release(lease),
    };
  }
}
