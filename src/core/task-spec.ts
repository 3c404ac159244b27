/** From a task definition and the overrides of one call to what an engine is asked to run. */
import type { ContainerDefinition, ContainerOverride, TaskDefinition, TaskOverride } from './ecs-model.ts';
import { AppError } from './errors.ts';
import type { ContainerSpec, Mount, NetworkMode, PortMapping, TaskSpec } from './ports/engine.ts';
import type { Reservation } from './records.ts';
import { MIN_MEMORY_MIB, startOrder } from './task-definition-rules.ts';
import { cpuUnits, memoryMiB } from './task-sizes.ts';

const DEFAULT_STOP_TIMEOUT_SECONDS = 30;
const LOG_BYTES = 10 * 1024 * 1024;
const LOG_FILES = 5;

/** As the ECS agent gives them to containers. Nobody else's are believed. */
export const taskLabels = {
  cluster: 'com.amazonaws.ecs.cluster',
  task: 'com.amazonaws.ecs.task-arn',
  family: 'com.amazonaws.ecs.task-definition-family',
  revision: 'com.amazonaws.ecs.task-definition-version',
  container: 'com.amazonaws.ecs.container-name',
} as const;

export interface SpecInput {
  taskArn: string;
  taskId: string;
  clusterArn: string;
  region: string;
  launchType: string;
  definition: TaskDefinition;
  overrides: TaskOverride;
}

/** Throws InvalidParameter when an override names a container that the definition does not have. */
export function taskSpec(input: SpecInput): TaskSpec {
  const { definition, overrides } = input;
  const containers = definition.containerDefinitions ?? [];
  checkOverrides(containers, overrides);
  const taskMemory = memoryMiB(overrides.memory) ?? definition.memory;
  const taskCpu = cpuUnits(overrides.cpu) ?? definition.cpu;
  const networkMode = definition.networkMode ?? 'bridge';
  return {
    id: input.taskArn,
    name: input.taskId,
    networkMode,
    ports: containers.flatMap((container) => portMappings(container, networkMode)),
    containers: startOrder(containers).map((container) => containerSpec(container, input, taskMemory)),
    ...(taskCpu !== undefined && { cpuUnits: Number(taskCpu) }),
    ...(taskMemory !== undefined && { memoryMiB: Number(taskMemory) }),
    ...(definition.pidMode && { pidMode: definition.pidMode }),
    labels: {
      [taskLabels.cluster]: input.clusterArn,
      [taskLabels.task]: input.taskArn,
      [taskLabels.family]: definition.family!,
      [taskLabels.revision]: String(definition.revision),
    },
  };
}

/** What ECS would reserve on an instance for the task. */
export function demandOf(spec: TaskSpec): Pick<Reservation, 'cpu' | 'memoryMiB' | 'ports'> {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    cpu: spec.cpuUnits ?? sum(spec.containers.map((container) => container.cpuUnits)),
    memoryMiB:
      spec.memoryMiB ??
      sum(spec.containers.map((container) => container.memoryReservationMiB ?? container.memoryMiB ?? 0)),
    ports: spec.ports
      .map(({ hostPort, containerPort, protocol }) => ({
        hostPort: spec.networkMode === 'host' ? containerPort : (hostPort ?? 0),
        protocol,
      }))
      .filter(({ hostPort }) => hostPort !== 0),
  };
}

function checkOverrides(containers: ContainerDefinition[], overrides: TaskOverride): void {
  const names = new Set(containers.map((container) => container.name));
  for (const override of overrides.containerOverrides ?? []) {
    if (!names.has(override.name)) {
      throw new AppError(
        'InvalidParameter',
        `Override for container named ${override.name} is not a container in the TaskDefinition.`,
      );
    }
    checkOverriddenSizes(override);
    for (const member of ['environmentFiles', 'resourceRequirements'] as const) {
      if (override[member]?.length) {
        throw new AppError('UnsupportedFeature', `The override uses ${member}, which is not available yet.`);
      }
    }
  }
}

function checkOverriddenSizes({ name, cpu, memory, memoryReservation }: ContainerOverride): void {
  const bounds = {
    cpu: [cpu, 0],
    memory: [memory, MIN_MEMORY_MIB],
    memoryReservation: [memoryReservation, MIN_MEMORY_MIB],
  } as const;
  for (const [member, [value, least]] of Object.entries(bounds)) {
    if (value !== undefined && value < least) {
      throw new AppError(
        'InvalidParameter',
        `Invalid '${member}' override of container '${name}': ${value}. It must be at least ${least}.`,
      );
    }
  }
}

/** In awsvpc mode a task is reached at its own address, as on AWS; in bridge mode at ports of the machine. */
function portMappings(container: ContainerDefinition, networkMode: NetworkMode): PortMapping[] {
  return (container.portMappings ?? []).map((mapping) => ({
    container: container.name!,
    containerPort: mapping.containerPort!,
    protocol: mapping.protocol ?? 'tcp',
    ...(networkMode === 'bridge' && { hostPort: mapping.hostPort ?? 0 }),
  }));
}

function containerSpec(
  container: ContainerDefinition,
  input: SpecInput,
  taskMemory: string | undefined,
): ContainerSpec {
  const override =
    input.overrides.containerOverrides?.find((candidate) => candidate.name === container.name) ?? {};
  const linux = container.linuxParameters;
  const memory =
    override.memory ?? container.memory ?? (taskMemory === undefined ? undefined : Number(taskMemory));
  const reservation = override.memoryReservation ?? container.memoryReservation;
  return {
    name: container.name!,
    image: container.image!,
    essential: container.essential !== false,
    ...(container.entryPoint?.length && { entrypoint: container.entryPoint }),
    ...commandOf(container, override),
    environment: environmentOf(container, override, input),
    ...(container.user && { user: container.user }),
    ...(container.workingDirectory && { workingDirectory: container.workingDirectory }),
    cpuUnits: override.cpu ?? container.cpu ?? 0,
    ...(memory !== undefined && { memoryMiB: memory }),
    ...(reservation !== undefined && { memoryReservationMiB: reservation }),
    readonlyRootFilesystem: container.readonlyRootFilesystem ?? false,
    privileged: container.privileged ?? false,
    interactive: container.interactive ?? false,
    pseudoTerminal: container.pseudoTerminal ?? false,
    init: linux?.initProcessEnabled ?? false,
    ...(container.hostname && { hostname: container.hostname }),
    extraHosts: [
      ...(container.extraHosts ?? []).map((host) => ({
        hostname: host.hostname!,
        ipAddress: host.ipAddress!,
      })),
      ...linkedHosts(container),
    ],
    dnsServers: container.dnsServers ?? [],
    dnsSearchDomains: container.dnsSearchDomains ?? [],
    tmpfs: (linux?.tmpfs ?? []).map((mount) => ({
      containerPath: mount.containerPath!,
      sizeMiB: mount.size!,
      options: mount.mountOptions ?? [],
    })),
    mounts: mountsOf(container, input.definition),
    ulimits: (container.ulimits ?? []).map((limit) => ({
      name: limit.name!,
      soft: limit.softLimit!,
      hard: limit.hardLimit!,
    })),
    capabilities: { add: linux?.capabilities?.add ?? [], drop: linux?.capabilities?.drop ?? [] },
    sysctls: Object.fromEntries(
      (container.systemControls ?? []).map((control) => [control.namespace ?? '', control.value ?? '']),
    ),
    ...(linux?.sharedMemorySize !== undefined && { sharedMemoryMiB: linux.sharedMemorySize }),
    labels: { ...container.dockerLabels, [taskLabels.container]: container.name! },
    stopTimeoutSeconds: container.stopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS,
    log: logLimits(container),
  };
}

/** Containers of a task share their network, so what a link names is reached at localhost. */
function linkedHosts(container: ContainerDefinition): { hostname: string; ipAddress: string }[] {
  const names = new Set((container.links ?? []).flatMap((link) => link.split(':')));
  return [...names].map((hostname) => ({ hostname, ipAddress: '127.0.0.1' }));
}

function commandOf(container: ContainerDefinition, override: ContainerOverride): { command?: string[] } {
  const command = override.command?.length ? override.command : container.command;
  return command?.length ? { command } : {};
}

function environmentOf(
  container: ContainerDefinition,
  override: ContainerOverride,
  input: SpecInput,
): Record<string, string> {
  const fargate = input.launchType === 'FARGATE';
  const given = [...(container.environment ?? []), ...(override.environment ?? [])];
  return {
    AWS_EXECUTION_ENV: fargate ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
    ...(fargate && { AWS_REGION: input.region, AWS_DEFAULT_REGION: input.region }),
    ...Object.fromEntries(given.map(({ name, value }) => [name ?? '', value ?? ''])),
  };
}

function mountsOf(container: ContainerDefinition, definition: TaskDefinition): Mount[] {
  const own = (container.mountPoints ?? []).map((mount) => {
    const volume = definition.volumes?.find((candidate) => candidate.name === mount.sourceVolume);
    return {
      volume: mount.sourceVolume!,
      containerPath: mount.containerPath!,
      readOnly: mount.readOnly ?? false,
      ...(volume?.host?.sourcePath && { hostPath: volume.host.sourcePath }),
    };
  });
  const inherited = [...distinctSources(container)].flatMap(([name, readOnly]) => {
    const source = definition.containerDefinitions?.find((candidate) => candidate.name === name);
    const mounts = source ? mountsOf(source, definition) : [];
    return mounts.map((mount) => ({ ...mount, readOnly: mount.readOnly || readOnly }));
  });
  return firstAtEachPath([...own, ...inherited]);
}

/** Containers that volumes are taken from, each once: in a chain of them, repetitions would multiply. */
function distinctSources({ volumesFrom }: ContainerDefinition): Map<string, boolean> {
  const sources = new Map<string, boolean>();
  for (const { sourceContainer = '', readOnly = false } of volumesFrom ?? []) {
    if (!sources.has(sourceContainer)) sources.set(sourceContainer, readOnly);
  }
  return sources;
}

function firstAtEachPath(mounts: readonly Mount[]): Mount[] {
  const byPath = new Map<string, Mount>();
  for (const mount of mounts) {
    if (!byPath.has(mount.containerPath)) byPath.set(mount.containerPath, mount);
  }
  return [...byPath.values()];
}

/** `max-size` and `max-file` of the json-file driver; every other driver's output is kept by the same rules here. */
function logLimits(container: ContainerDefinition): { maxBytes: number; maxFiles: number } {
  const options = container.logConfiguration?.options ?? {};
  const size = /^(\d{1,9})([kmg]?)b?$/i.exec(options['max-size'] ?? '');
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[size?.[2]?.toLowerCase() ?? ''] ?? 1;
  const files = Number(options['max-file'] ?? LOG_FILES);
  return {
    maxBytes: Number(size?.[1] ?? 0) * unit || LOG_BYTES,
    maxFiles: Number.isInteger(files) && files >= 1 && files <= 100 ? files : LOG_FILES,
  };
}
