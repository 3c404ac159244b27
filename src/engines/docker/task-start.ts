/**
 * The hot path: from a task to running processes. The ports are bound while the first container is created, and each
 * container is created while the one before it starts, because an engine's time goes into waiting for its own parts.
 */
import type {
  Binding,
  ContainerSpec,
  StartedContainer,
  StartedTask,
  TaskSpec,
} from '../../core/ports/engine.ts';
import type { DockerClient } from './client/docker-client.ts';
import { hasStatus, isNameTaken } from './client/connection.ts';
import { containerConfig } from './container-config.ts';
import type { ImageSource, ReadyImage } from './images/image-source.ts';
import { containerName, labelsOf, ownerLabel, taskLabel, volumeName } from './labels.ts';
import type { TaskSandbox } from './sandbox/sandbox.ts';
import { containerError } from './start-errors.ts';

export interface StartContext {
  client: DockerClient;
  images: ImageSource;
  owner: string;
  cpus: number;
  publishAddress: string;
  cgroupParent?: string;
  /** Told of every container before it can end. */
  created(containerId: string, taskId: string, container: string): void;
}

export async function startContainers(
  context: StartContext,
  spec: TaskSpec,
  sandbox: TaskSandbox,
): Promise<StartedTask> {
  const images = await Promise.all(spec.containers.map((container) => readyImage(context, container)));
  const publishing = sandbox.publish();
  // Reported where it is waited for, below.
  publishing.catch(() => undefined);
  await createVolumes(context, spec);
  // Labels cannot be added later, so a port that the kernel is still to choose has to be known first.
  const chosen = spec.ports.some(({ hostPort }) => hostPort === 0);
  const bindings = chosen ? (await publishing).bindings : fixedBindings(spec, context.publishAddress);
  const maker = new Maker(context, spec, sandbox, images, bindings);
  const first = maker.create(0, undefined);
  await settled([publishing.then(({ inForce }) => inForce), first]);
  const containers = await maker.startAll(await first);
  return { network: sandbox.network, bindings: (await publishing).bindings, containers };
}

function fixedBindings({ networkMode, ports }: TaskSpec, bindIp: string): Binding[] {
  if (networkMode === 'host' || networkMode === 'none') return [];
  return ports.flatMap(({ hostPort, ...port }) =>
    hostPort === undefined ? [] : [{ ...port, hostPort, bindIp }],
  );
}

class Maker {
  readonly #context: StartContext;
  readonly #spec: TaskSpec;
  readonly #sandbox: TaskSandbox;
  readonly #images: ReadyImage[];
  readonly #bindings: Binding[];

  constructor(
    context: StartContext,
    spec: TaskSpec,
    sandbox: TaskSandbox,
    images: ReadyImage[],
    bindings: Binding[],
  ) {
    this.#context = context;
    this.#spec = spec;
    this.#sandbox = sandbox;
    this.#images = images;
    this.#bindings = bindings;
  }

  async create(position: number, first: string | undefined): Promise<string> {
    const { client, images } = this.#context;
    const { name, image } = this.#spec.containers[position]!;
    try {
      return await this.#create(position, first).catch(async (error: unknown) => {
        if (isNameTaken(error)) {
          // By an earlier start of this task, of which the engine or we did not live to see the end.
          await client.removeContainer(containerName(this.#spec.name, name));
          return this.#create(position, first);
        }
        if (!hasStatus(error, 404)) throw error;
        // Someone removed the image since it was last looked at.
        images.forget(image);
        await images.ensure(image);
        this.#images[position] = await images.ready(image);
        return this.#create(position, first);
      });
    } catch (error) {
      throw containerError('CannotCreateContainerError', name, error);
    }
  }

  async #create(position: number, first: string | undefined): Promise<string> {
    const { client, owner, cgroupParent, cpus } = this.#context;
    const container = this.#spec.containers[position]!;
    const image = this.#images[position]!;
    const mark = {
      owner,
      taskId: this.#spec.id,
      container: container.name,
      position,
      count: this.#spec.containers.length,
      stopTimeoutSeconds: container.stopTimeoutSeconds,
      imageDigest: image.digest,
      network: this.#sandbox.network,
      bindings: this.#bindings,
      sandbox: this.#sandbox.mark,
    };
    const body = containerConfig({
      task: this.#spec,
      container,
      image: image.id,
      labels: labelsOf(this.#spec, mark, container.labels),
      placement: this.#sandbox.placement(container, first),
      quirks: client.quirks,
      cgroupParent,
      cpus,
    });
    const id = await client.createContainer(containerName(this.#spec.name, container.name), body);
    this.#context.created(id, this.#spec.id, container.name);
    return id;
  }

  async startAll(first: string): Promise<StartedContainer[]> {
    const { containers } = this.#spec;
    const started: StartedContainer[] = [];
    let id = first;
    for (const [position, { name, entrypoint }] of containers.entries()) {
      const following =
        position + 1 < containers.length ? this.create(position + 1, first) : Promise.resolve(id);
      const starting = this.#start(id, name, entrypoint?.[0]).then(() => Date.now());
      await settled([starting, following]);
      const imageDigest = this.#images[position]!.digest;
      started.push({ name, runtimeId: id, imageDigest, startedAt: await starting });
      id = await following;
    }
    return started;
  }

  async #start(id: string, name: string, program: string | undefined): Promise<void> {
    try {
      await this.#context.client.startContainer(id);
    } catch (error) {
      throw containerError('CannotStartContainerError', name, error, program);
    }
  }
}

async function readyImage({ images }: StartContext, container: ContainerSpec): Promise<ReadyImage> {
  try {
    return await images.ready(container.image);
  } catch (error) {
    throw containerError('CannotCreateContainerError', container.name, error);
  }
}

/** The task's own volumes, labelled, so that they are found and go with it. */
async function createVolumes({ client, owner }: StartContext, spec: TaskSpec): Promise<void> {
  const mounts = spec.containers.flatMap(({ mounts: all }) =>
    all.filter(({ hostPath }) => hostPath === undefined),
  );
  const labels = { [ownerLabel]: owner, [taskLabel]: spec.id };
  const names = new Set(mounts.map(({ volume }) => volumeName(spec.name, volume)));
  await Promise.all([...names].map((name) => client.createVolume(name, labels)));
}

/** Waits for all, so that nothing goes on behind a failure; then throws the first one's. */
async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
