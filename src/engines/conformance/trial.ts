/** One engine under test, and the short words that its cases are written in. */
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { ContainerSpec, Engine, EngineEvent, StartedTask, TaskSpec } from '../../core/ports/engine.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { plainContainer } from './plain-container.ts';

export interface ConformanceImage {
  files?: Record<string, string>;
  architecture?: string;
  user?: string;
  entrypoint?: string[];
  cmd?: string[];
  workdir?: string;
  env?: string[];
}

export interface ConformanceSetup {
  /** Opens the engine, the second time with what the first one left. */
  open(): Promise<Engine>;
  /** Pushes busybox with these changes to a registry that the engine may use, and answers its reference. */
  pushImage(name: string, options?: ConformanceImage): Promise<string>;
  /** Takes an image from the engine by another way than this one's. */
  removeImage(reference: string): Promise<unknown>;
  /** `host:port` of that registry. */
  registry: string;
  /** Everything that tasks of this engine leave in the machine while they exist, as text; the warm pool left out. */
  leftovers(): Promise<string[]>;
  /** A directory of the host for bind mounts. */
  hostDirectory: string;
  /** False where only the kernel's log tells that it ended a container for its memory, which says so a few times a second. */
  tellsMemoryKills?: boolean;
  /** False where what would check the health of containers is not on this machine. */
  checksHealth?: boolean;
  close(): Promise<void>;
}

let serial = 0;

export class Trial {
  readonly setup: ConformanceSetup;
  engine: Engine;
  readonly #image: string;
  readonly #before: string[];
  readonly #tasks = new Set<string>();

  constructor(setup: ConformanceSetup, engine: Engine, image: string, before: string[]) {
    this.setup = setup;
    this.engine = engine;
    this.#image = image;
    this.#before = before;
  }

  static async open(setup: ConformanceSetup): Promise<Trial> {
    const engine = await setup.open();
    const image = await setup.pushImage('base:1');
    await engine.ensureImage(image);
    return new Trial(setup, engine, image, await setup.leftovers());
  }

  /** As after a restart of this process. `meanwhile`: what happens before it is back. */
  async reopen(meanwhile: () => void = () => undefined): Promise<void> {
    await this.engine.close();
    meanwhile();
    this.engine = await this.setup.open();
  }

  /** Removes the tasks of a case and waits until nothing of them is left. */
  async clear(): Promise<void> {
    await Promise.all([...this.#tasks].map((id) => this.engine.removeTask(id)));
    this.#tasks.clear();
    await expect.poll(() => this.setup.leftovers(), { timeout: 10_000 }).toEqual(this.#before);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.setup.close();
  }

  container(changes: Partial<ContainerSpec> = {}): ContainerSpec {
    return { ...plainContainer, image: this.#image, ...changes };
  }

  sh(script: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
    return this.container({ command: ['sh', '-c', script], ...changes });
  }

  task(containers: ContainerSpec[], changes: Partial<TaskSpec> = {}): TaskSpec {
    const id = `t${process.pid}x${++serial}`;
    this.#tasks.add(id);
    return { id, name: id, networkMode: 'bridge', ports: [], containers, labels: {}, ...changes };
  }

  async logsOf(id: string, query: LogQuery = {}): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for await (const line of this.engine.logs(id, 'app', query)) lines.push(line);
    return lines;
  }

  async output(id: string, query?: LogQuery): Promise<string[]> {
    return (await this.logsOf(id, query)).map(({ message }) => message);
  }

  async exited(id: string): Promise<void> {
    const state = async () =>
      (await this.engine.inspect(id))?.containers.find(({ name }) => name === 'app')?.state;
    await expect.poll(state, { timeout: 20_000 }).toBe('exited');
  }

  /** Runs a task until its container `app` has ended, and gives what that said. */
  async said(containers: ContainerSpec[], changes?: Partial<TaskSpec>): Promise<string[]> {
    const spec = this.task(containers, changes);
    await this.engine.startTask(spec);
    await this.exited(spec.id);
    return this.output(spec.id);
  }

  async watchDuring(
    work: () => Promise<void>,
    enough: (events: EngineEvent[]) => boolean,
  ): Promise<EngineEvent[]> {
    const stop = new AbortController();
    const events: EngineEvent[] = [];
    const reading = (async () => {
      for await (const event of this.engine.watch(stop.signal)) events.push(event);
    })();
    try {
      await work();
      await expect.poll(() => enough(events), { timeout: 20_000 }).toBe(true);
    } finally {
      stop.abort();
      await reading;
    }
    return events;
  }
}

/** What the published port says, asked until something listens behind it. */
export async function answerOf({ bindings }: StartedTask, index: number): Promise<string> {
  const { hostPort, bindIp } = bindings[index]!;
  let text = '';
  await expect
    .poll(async () => (text = (await ask(hostPort, bindIp)).trim()), { timeout: 10_000 })
    .not.toBe('');
  return text;
}

function ask(port: number, host: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host }).setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

export async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
