type Undo = () => Promise<void> | void;

/** What has been made and must go again, undone in reverse order. */
export class Cleanup {
  readonly #undos: Undo[] = [];
  #running: Promise<void> | undefined;

  add(undo: Undo): void {
    this.#undos.push(undo);
  }

  /** Undoes everything, also when one step fails; throws the first failure at the end. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs `work` and then undoes what it made: when it is done, when it fails, and at Ctrl-C or SIGTERM. */
export async function withCleanup(work: (cleanup: Cleanup) => Promise<void>): Promise<void> {
  const cleanup = new Cleanup();
  let interrupted = false;
  const onSignal = () => {
    if (interrupted) return;
    interrupted = true;
    process.stderr.write('bench: interrupted, cleaning up\n');
    cleanup.run().then(
      () => process.exit(130),
      (error: unknown) => {
        process.stderr.write(`bench: clean-up failed: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await work(cleanup);
  } catch (error) {
    // What fails because its server is being taken away under it is no news.
    if (!interrupted) throw error;
  } finally {
    await cleanup.run();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** A part of the work, whose things go as soon as it is done; when it fails they go with those of the whole. */
export async function withPart<T>(whole: Cleanup, work: (part: Cleanup) => Promise<T>): Promise<T> {
  const part = new Cleanup();
  whole.add(() => part.run());
  const result = await work(part);
  await part.run();
  return result;
}
