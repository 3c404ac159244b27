/**
 * Exits as conmon writes them down: one file per container, named by its id, with the exit code in it, put in place by
 * a rename. Podman's own events come 100 ms later, and need Podman to be alive.
 */
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExitListener, ExitSource } from '../docker/exit-source.ts';

const CONTAINER_ID = /^[0-9a-f]{64}$/;

export class ExitWatcher implements ExitSource {
  readonly #directory: string;
  readonly #wasOom: (containerId: string) => Promise<boolean>;
  /** When the end was that was told, by container. */
  readonly #reported = new Map<string, number>();
  #listener: ExitListener | undefined;
  #closed: Promise<void> = Promise.resolve();
  readonly #reading = new Set<Promise<void>>();

  constructor(directory: string, wasOom: (containerId: string) => Promise<boolean>) {
    this.#directory = directory;
    this.#wasOom = wasOom;
  }

  /** Exits from now on; what had ended before is told by the engine's list. */
  async open(listener: ExitListener, signal: AbortSignal): Promise<void> {
    const watcher = watch(this.#directory, (_, name) => this.#changed(name, listener));
    this.#listener = listener;
    this.#closed = new Promise((resolve) => watcher.once('close', resolve));
    watcher.on('error', (error) => {
      listener.health(false, `cannot watch ${this.#directory} for exits: ${error.message}`);
    });
    const close = () => watcher.close();
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
  }

  /** Podman died or is back. Exits are seen all the same; but what is asked of Podman fails meanwhile. */
  serviceHealth(health: { available: boolean; reason?: string }): void {
    this.#listener?.health(health.available, health.reason);
    if (health.available) this.#listener?.resync();
  }

  async closed(): Promise<void> {
    await this.#closed;
    await Promise.all(this.#reading);
    this.#listener = undefined;
  }

  #changed(name: string | null, listener: ExitListener): void {
    // No name: the kernel's queue ran over.
    if (name === null) return listener.resync();
    if (!CONTAINER_ID.test(name)) return;
    const reading = this.#report(name, listener).finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  async #report(id: string, listener: ExitListener): Promise<void> {
    const path = join(this.#directory, id);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
      const exitCode = Number(text);
      // The rename into place and the file's own changes are separate notices.
      if (text === '' || this.#reported.get(id) === mtimeMs) return;
      this.#reported.set(id, mtimeMs);
      const oomKilled = exitCode !== 0 && (await this.#wasOom(id));
      listener.exited({ containerId: id, exitCode, oomKilled, at: Math.floor(mtimeMs) });
    } catch (error) {
      // Gone: the container was removed, or is about to start again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#reported.delete(id);
      else listener.resync();
    }
  }
}
