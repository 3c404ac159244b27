/** From the engine's ids to the port's exits, each told once and in the order they came for one container. */
import type { EngineEvent } from '../../core/ports/engine.ts';
import type { DockerClient } from './client/docker-client.ts';
import type { ContainerExit } from './exit-source.ts';
import type { OomJudge } from './found-tasks.ts';

export class Exits {
  readonly #client: DockerClient;
  readonly #wasOom: OomJudge;
  readonly #publish: (event: EngineEvent) => void;
  readonly #expected = new Map<string, { taskId: string; container: string }>();
  /** Ended before it was known which task it is of: the engine's event overtook its answer. */
  readonly #early = new Map<string, ContainerExit>();

  constructor(client: DockerClient, wasOom: OomJudge, publish: (event: EngineEvent) => void) {
    this.#client = client;
    this.#wasOom = wasOom;
    this.#publish = publish;
  }

  expect(containerId: string, taskId: string, container: string): void {
    this.#expected.set(containerId, { taskId, container });
    const exit = this.#early.get(containerId);
    if (exit) this.exited(exit);
  }

  forget(containerId: string): void {
    this.#expected.delete(containerId);
  }

  exited(exit: ContainerExit): void {
    const known = this.#expected.get(exit.containerId);
    if (!known) return this.#keep(exit);
    this.#early.delete(exit.containerId);
    this.#expected.delete(exit.containerId);
    const { containerId: runtimeId, exitCode, at } = exit;
    const told = { type: 'exited' as const, ...known, runtimeId, exitCode, at };
    this.#oomKilled(exit).then(
      (oomKilled) => this.#publish({ ...told, oomKilled }),
      () => this.#publish({ ...told, oomKilled: false }),
    );
  }

  /** The kernel ends what it kills for memory by SIGKILL, so any other code needs no question. */
  async #oomKilled({ containerId, exitCode, oomKilled }: ContainerExit): Promise<boolean> {
    if (oomKilled !== undefined) return oomKilled;
    if (exitCode === 0) return false;
    const details = await this.#client.inspectContainer(containerId);
    return details ? this.#wasOom(details) : false;
  }

  #keep(exit: ContainerExit): void {
    const most = 256;
    this.#early.set(exit.containerId, exit);
    for (const id of this.#early.keys()) {
      if (this.#early.size <= most) return;
      this.#early.delete(id);
    }
  }
}
