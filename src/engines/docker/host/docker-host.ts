/** The container host over the Docker API, for whichever engine speaks it. */
import type {
  ContainerHost,
  EventQuery,
  HostDescription,
  HostEvent,
  PrunePlan,
  PruneQuery,
  PruneResult,
} from '../../../core/ports/container-host.ts';
import type { EngineInfo } from '../../../core/ports/engine.ts';
import type { DockerClient } from '../client/docker-client.ts';
import { engineOutput, type HostOutput } from '../engine-logs.ts';
import { DockerContainers } from './containers.ts';
import { asHostCall } from './errors.ts';
import { hostEvents } from './events.ts';
import type { DockerImages } from './images.ts';
import { DockerNetworks } from './networks.ts';
import { planPrune, prune } from './prune.ts';
import { UsageMeter } from './usage-meter.ts';
import { DockerVolumes } from './volumes.ts';

export interface DockerHostParts {
  client: DockerClient;
  images: DockerImages;
  info: EngineInfo;
  cgroupParent?: string;
  /** Absent: the engine does it. */
  output?: HostOutput;
}

const MiB = 1024 * 1024;

export class DockerHost implements ContainerHost {
  readonly containers: DockerContainers;
  readonly images: DockerImages;
  readonly volumes: DockerVolumes;
  readonly networks: DockerNetworks;
  readonly checksHealth: boolean;
  readonly #client: DockerClient;

  constructor({ client, images, info, cgroupParent, output }: DockerHostParts) {
    const machine = { cpus: info.cpuUnits / 1024, memoryBytes: info.memoryMiB * MiB };
    this.#client = client;
    this.containers = new DockerContainers({
      client,
      meter: new UsageMeter(client, machine),
      cgroupParent,
      output: output ?? engineOutput(client),
    });
    this.images = images;
    this.volumes = new DockerVolumes(client);
    this.networks = new DockerNetworks(client);
    // Podman needs somebody who keeps its time.
    this.checksHealth = client.quirks.product === 'Docker';
  }

  async describe(): Promise<HostDescription> {
    const [version, machine] = await asHostCall(() =>
      Promise.all([this.#client.version(), this.#client.serverInfo()]),
    );
    const { ContainersRunning, ContainersPaused, ContainersStopped } = machine;
    return {
      product: this.#client.quirks.product,
      version: version.Version,
      apiVersion: version.ApiVersion,
      kernel: machine.KernelVersion,
      hostName: machine.Name,
      ...(machine.CgroupVersion && { cgroupVersion: machine.CgroupVersion === '2' ? 2 : 1 }),
      storageDriver: machine.Driver,
      dataDirectory: machine.DockerRootDir,
      cpus: machine.NCPU,
      memoryBytes: machine.MemTotal,
      containers: { running: ContainersRunning, paused: ContainersPaused, stopped: ContainersStopped },
      images: machine.Images,
    };
  }

  planPrune(query: PruneQuery): Promise<PrunePlan> {
    return planPrune(this.#client, this, query);
  }

  prune(plan: PrunePlan): Promise<PruneResult> {
    return prune(this, plan);
  }

  events(query: EventQuery): AsyncIterable<HostEvent> {
    return hostEvents(this.#client, query);
  }
}
