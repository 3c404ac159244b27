/**
 * bcrypt on a thread of its own: one comparison takes tens of milliseconds, for which the event loop would stand still.
 * The thread starts at the first use and keeps no process alive.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Text and not a file: the same from src/ and from dist/. Such code finds no packages, so it is told the path. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { compareSync } = require(workerData);
  parentPort.on('message', ({ hash, candidates }) => {
    parentPort.postMessage(candidates.findIndex((candidate) => compareSync(candidate, hash)));
  });
`;
const bcrypt = createRequire(import.meta.url).resolve('bcryptjs');

interface Waiting {
  resolve(index: number): void;
  reject(failure: Error): void;
}

export class BcryptThread {
  #worker: Worker | undefined;
  /** Served one after the other, in this order. */
  readonly #waiting: Waiting[] = [];

  /** Questions without an answer yet. */
  get underWay(): number {
    return this.#waiting.length;
  }

  /** Which candidate `hash` was made of; -1: none. Throws where the thread ends first. */
  indexOf(hash: string, candidates: readonly string[]): Promise<number> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.postMessage({ hash, candidates });
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    // Neither the server's environment, which may hold secrets, nor its loaders are of use there.
    const worker = new Worker(program, { eval: true, workerData: bcrypt, env: {}, execArgv: [] });
    worker.on('message', (index: number) => this.#waiting.shift()?.resolve(index));
    worker.on('error', (failure) => this.#ended(worker, failure));
    worker.on('exit', () => this.#ended(worker, new Error('the thread for bcrypt has ended')));
    worker.unref();
    return worker;
  }

  #ended(worker: Worker, failure: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(failure);
  }
}
