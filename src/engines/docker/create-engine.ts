import type { Engine, EngineInfo } from '../../core/ports/engine.ts';
import type { TaskNetworks } from '../../network/task-networks.ts';
import { connectDocker, type DockerClient } from './client/docker-client.ts';
import { DockerEngine } from './engine.ts';
import type { HostOutput } from './engine-logs.ts';
import { DockerHost } from './host/docker-host.ts';
import { DockerImages } from './host/images.ts';
import { ExitEvents } from './exit-events.ts';
import type { ExitSource } from './exit-source.ts';
import type { OomJudge } from './found-tasks.ts';
import { dockersWord } from './oom-word.ts';
import { ImageSource, type ImageSourceLog } from './images/image-source.ts';
import { ImageUpdates } from './images/image-updates.ts';
import { RegistryLookup } from './images/registry-lookup.ts';
import { EngineNetworkSandboxes } from './sandbox/engine-networks.ts';
import { ensureHolderImage } from './sandbox/holder-image.ts';
import { Holders } from './sandbox/holders.ts';
import { NamespaceSandboxes } from './sandbox/namespaces.ts';
import type { SandboxProvider } from './sandbox/sandbox.ts';
import { WarmHolderSandboxes } from './sandbox/warm-holders.ts';

export interface DockerEngineOptions {
  /** `unix:///path` or `tcp://host:port`. */
  address: string;
  /** Short id of this server; what it makes bears it. */
  owner: string;
  /** Absent: the engine's own networks serve, for the reason given. */
  networks?: TaskNetworks;
  networksReason?: string;
  publishAddress: string;
  /** URLs of mirrors of Docker Hub, asked in this order before it. */
  registryMirrors?: readonly string[];
  /** `host:port` of registries without TLS, or with a certificate nobody vouches for. Loopback is one by itself. */
  insecureRegistries?: readonly string[];
  /** Where Docker's config.json is. Absent: `$DOCKER_CONFIG` or `~/.docker`. */
  credentialsDirectory?: string;
  /** How many holders wait ready, where the engine needs them. */
  warmHolders?: number;
  /** What the engine is called. Absent: docker. */
  name?: EngineInfo['name'];
  /** Cgroup that the containers' own are made in. Absent: the engine's. */
  cgroupParent?: string;
  /** Takes away what a failed pull has left, where the engine itself does not. Never rejects. */
  tidyImages?: (client: DockerClient) => Promise<void>;
  /** Of containers of no task. Absent: the engine does it. */
  hostOutput?: HostOutput;
  /** Waited for before a task's containers are removed. */
  beforeRemoval?: (taskId: string) => Promise<void>;
  /** Absent: the engine's event stream. */
  exits?: ExitSource;
  /** Whether the kernel ended a container for its memory, where the engine's own word is not to be trusted. */
  wasOom?: OomJudge;
  log: ImageSourceLog;
}

const architectures: Record<string, { port: EngineInfo['architecture']; image: string }> = {
  amd64: { port: 'x86_64', image: 'amd64' },
  x86_64: { port: 'x86_64', image: 'amd64' },
  arm64: { port: 'arm64', image: 'arm64' },
  aarch64: { port: 'arm64', image: 'arm64' },
};
const MiB = 1024 * 1024;

/** Throws EngineUnavailable when nobody answers, UnsupportedByEngine when it is too old or of another architecture. */
export async function createDockerEngine(options: DockerEngineOptions): Promise<Engine> {
  const client = await connectDocker(options.address);
  try {
    const [version, machine] = await Promise.all([client.version(), client.serverInfo()]);
    const architecture = architectures[version.Arch] ?? { port: 'x86_64' as const, image: version.Arch };
    const info: EngineInfo = {
      name: options.name ?? 'docker',
      description: `${client.quirks.product} ${version.Version} at ${options.address}`,
      simulated: false,
      cpuUnits: machine.NCPU * 1024,
      memoryMiB: Math.floor(machine.MemTotal / MiB),
      architecture: architecture.port,
      taskNetwork: options.networks ? 'own' : 'engine',
      ...(!options.networks && { taskNetworkReason: options.networksReason }),
    };
    const lookup = new RegistryLookup({
      registryMirrors: options.registryMirrors ?? [],
      insecureRegistries: options.insecureRegistries ?? [],
      credentialsDirectory: options.credentialsDirectory,
      log: options.log,
    });
    const about = { client, lookup, architecture: architecture.image };
    const source = new ImageSource({
      ...about,
      tidy: () => options.tidyImages?.(client) ?? Promise.resolve(),
      log: options.log,
    });
    const images = new DockerImages({ client, source, lookup, updates: new ImageUpdates(about) });
    return await openEngine(options, client, info, { source, images });
  } catch (error) {
    client.close();
    throw error;
  }
}

async function openEngine(
  options: DockerEngineOptions,
  client: DockerClient,
  info: EngineInfo,
  { source, images }: { source: ImageSource; images: DockerImages },
): Promise<Engine> {
  const { sandboxes, fill } = await sandboxesFor(options, client, info);
  const engine = new DockerEngine({
    client,
    images: source,
    host: new DockerHost({
      client,
      images,
      info,
      cgroupParent: options.cgroupParent,
      output: options.hostOutput,
    }),
    sandboxes,
    exitSource: options.exits ?? new ExitEvents(client, options.owner),
    wasOom: options.wasOom ?? dockersWord(client),
    info,
    owner: options.owner,
    publishAddress: options.publishAddress,
    cgroupParent: options.cgroupParent,
    beforeRemoval: options.beforeRemoval,
    log: options.log,
  });
  try {
    await engine.open();
    await fill();
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function sandboxesFor(
  options: DockerEngineOptions,
  client: DockerClient,
  info: EngineInfo,
): Promise<{ sandboxes: SandboxProvider; fill: () => Promise<void> }> {
  const { networks, owner, publishAddress, warmHolders = 4 } = options;
  const nothing = async () => undefined;
  if (networks && client.quirks.joinsNamespaceByPath) {
    return { sandboxes: new NamespaceSandboxes(networks), fill: nothing };
  }
  await ensureHolderImage(client, info.architecture);
  const holders = new Holders(client, owner);
  if (!networks) return { sandboxes: new EngineNetworkSandboxes(holders, publishAddress), fill: nothing };
  const warm = new WarmHolderSandboxes(holders, networks, warmHolders);
  return { sandboxes: warm, fill: () => warm.fill() };
}
