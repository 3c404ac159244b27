/** What a task definition must satisfy to be registered (Amazon ECS API, RegisterTaskDefinition, ContainerDefinition). */
import type { ContainerDefinition, RegisterTaskDefinitionInput, TaskDefinition } from './ecs-model.ts';
import { parseClusterQuery } from './cluster-query.ts';
import { AppError } from './errors.ts';
import { fargateRefusal } from './fargate.ts';
import { cpuUnits, memoryMiB } from './task-sizes.ts';

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
export const MIN_MEMORY_MIB = 4;
const CONDITIONS_OF_NON_ESSENTIAL = ['COMPLETE', 'SUCCESS'];

/** Throws Client or InvalidParameter for the first rule that the request breaks. */
export function checkRegistration(input: RegisterTaskDefinitionInput): void {
  if (!NAME.test(input.family ?? '')) {
    throw client(
      'Family contains invalid characters or is too long: use 1 to 255 letters, numbers, hyphens and underscores.',
    );
  }
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) throw client('Container list cannot be empty.');
  if (containers.length > 10) throw client('A task definition can have at most 10 containers.');
  const names = containerNames(containers);
  for (const container of containers) checkContainer(container, input, names);
  if (!containers.some((container) => container.essential !== false)) {
    throw client('A task definition must have at least one essential container.');
  }
  checkVolumes(input);
  checkTotals(containers, input);
  checkConstraints(input);
  checkHostPorts(containers, input.networkMode ?? undefined);
  checkDependencies(containers);
}

/** Rules that hold for what the definition says it is compatible with. */
export function checkCompatibility(definition: TaskDefinition): void {
  if (!definition.requiresCompatibilities?.includes('FARGATE')) return;
  const refusal = fargateRefusal(definition);
  if (refusal) throw client(refusal);
}

function containerNames(containers: ContainerDefinition[]): Set<string> {
  const names = new Set<string>();
  for (const { name } of containers) {
    if (!name) throw client('Container.name should not be null or empty.');
    if (!NAME.test(name)) {
      throw client(
        `Invalid container name '${name.slice(0, 60)}': use 1 to 255 letters, numbers, hyphens and underscores.`,
      );
    }
    if (names.has(name))
      throw client(`Container name '${name}' is used more than once in this task definition.`);
    names.add(name);
  }
  return names;
}

function checkContainer(
  container: ContainerDefinition,
  input: RegisterTaskDefinitionInput,
  names: ReadonlySet<string>,
): void {
  const name = container.name!;
  if (!container.image) throw client('Container.image should not be null or empty.');
  if (/\s/.test(container.image) || container.image.length > 512)
    throw client(`Invalid image of container '${name}'.`);
  checkMemory(container, input);
  if ((container.cpu ?? 0) < 0) throw client(`Invalid 'cpu' setting for container '${name}'.`);
  if (input.networkMode === 'none' && container.portMappings?.length) {
    throw client(`Container '${name}' cannot have port mappings when networkMode=none.`);
  }
  checkLinks(container, input, names);
  for (const mapping of container.portMappings ?? []) {
    checkPort(name, 'containerPort', mapping.containerPort, 1);
    checkPort(name, 'hostPort', mapping.hostPort ?? 0, 0);
    const sameAsContainer = input.networkMode === 'awsvpc' || input.networkMode === 'host';
    if (sameAsContainer && mapping.hostPort && mapping.hostPort !== mapping.containerPort) {
      throw client(
        `When networkMode=${input.networkMode}, the host ports and container ports in port mappings must match.`,
      );
    }
  }
  for (const mount of container.mountPoints ?? []) {
    if (!input.volumes?.some((volume) => volume.name === mount.sourceVolume)) {
      throw client(`Unknown volume '${mount.sourceVolume}' in container '${name}'.`);
    }
    if (!mount.containerPath?.startsWith('/')) {
      throw client(
        `The containerPath of volume '${mount.sourceVolume}' in container '${name}' must be absolute.`,
      );
    }
  }
  for (const { sourceContainer } of container.volumesFrom ?? []) {
    if (!names.has(sourceContainer ?? '')) {
      throw client(`Container '${name}' takes volumes from unknown container '${sourceContainer}'.`);
    }
  }
  if ((container.stopTimeout ?? 0) < 0)
    throw client(`Invalid 'stopTimeout' setting for container '${name}'.`);
}

function checkMemory(container: ContainerDefinition, input: RegisterTaskDefinitionInput): void {
  const { name, memory, memoryReservation } = container;
  if (memory === undefined && memoryReservation === undefined && input.memory === undefined) {
    throw client(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  for (const [field, value] of Object.entries({ memory, memoryReservation })) {
    if (value !== undefined && value < MIN_MEMORY_MIB) {
      throw client(
        `Invalid '${field}' setting for container '${name}': it must be at least ${MIN_MEMORY_MIB} MiB.`,
      );
    }
  }
  if (memory !== undefined && memoryReservation !== undefined && memoryReservation > memory) {
    throw client(
      `Invalid setting for container '${name}'. 'memory' must be greater than 'memoryReservation'.`,
    );
  }
}

function checkLinks(
  { name, links }: ContainerDefinition,
  { networkMode }: RegisterTaskDefinitionInput,
  names: ReadonlySet<string>,
): void {
  if (!links?.length) return;
  if (networkMode !== undefined && networkMode !== 'bridge') {
    throw client(`Links are not supported when networkMode=${networkMode}.`);
  }
  for (const link of links) {
    const [target, alias = target, ...rest] = link.split(':');
    if (!names.has(target!) || !NAME.test(alias!) || rest.length > 0) {
      throw client(
        `Invalid link '${link.slice(0, 60)}' of container '${name}': use the name of another container, or name:alias.`,
      );
    }
  }
}

/** What the containers are given must fit into what the task is given. */
function checkTotals(containers: ContainerDefinition[], input: RegisterTaskDefinitionInput): void {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const cpu = sum(containers.map((container) => container.cpu ?? 0));
  if (cpu > Number(cpuUnits(input.cpu) ?? Infinity)) {
    throw client(`The containers' cpu of ${cpu} units in total is more than the task's (${input.cpu}).`);
  }
  const memory = sum(containers.map((container) => container.memoryReservation ?? container.memory ?? 0));
  if (memory > Number(memoryMiB(input.memory) ?? Infinity)) {
    throw client(
      `The containers' memory of ${memory} MiB in total is more than the task's (${input.memory}).`,
    );
  }
}

function checkConstraints({ placementConstraints }: RegisterTaskDefinitionInput): void {
  const constraints = placementConstraints ?? [];
  if (constraints.length > 10) throw client('A task definition can have at most 10 placement constraints.');
  for (const { type, expression } of constraints) {
    if (type !== 'memberOf') throw client(`constraint.type '${type}' is not supported.`);
    parseClusterQuery(expression ?? '');
  }
}

function checkPort(container: string, field: string, port: number | undefined, least: number): void {
  if (port === undefined || port < least || port > 65535) {
    throw client(
      `Invalid '${field}' setting for container '${container}': ${port}. It must be ${least} to 65535.`,
    );
  }
}

function checkHostPorts(containers: ContainerDefinition[], networkMode: string | undefined): void {
  const taken = new Map<string, string>();
  const shared = networkMode === 'awsvpc' || networkMode === 'host';
  for (const { name, portMappings } of containers) {
    for (const mapping of portMappings ?? []) {
      const port = shared ? mapping.containerPort : mapping.hostPort;
      if (!port) continue;
      const key = `${mapping.protocol ?? 'tcp'} ${port}`;
      const other = taken.get(key);
      if (other !== undefined) {
        throw client(
          `Containers '${other}' and '${name}' both use host port ${port} (${mapping.protocol ?? 'tcp'}).`,
        );
      }
      taken.set(key, name!);
    }
  }
}

function checkVolumes(input: RegisterTaskDefinitionInput): void {
  const names = new Set<string>();
  for (const { name, host } of input.volumes ?? []) {
    if (!name || !NAME.test(name)) throw client(`Invalid volume name '${(name ?? '').slice(0, 60)}'.`);
    if (names.has(name)) throw client(`Volume '${name}' is declared more than once.`);
    names.add(name);
    if (host?.sourcePath && !host.sourcePath.startsWith('/')) {
      throw client(`The host sourcePath of volume '${name}' must be absolute.`);
    }
  }
}

function checkDependencies(containers: ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name!, container]));
  for (const container of containers) {
    for (const { containerName, condition } of container.dependsOn ?? []) {
      const target = byName.get(containerName!);
      if (!target)
        throw client(`Container '${container.name}' depends on unknown container '${containerName}'.`);
      if (CONDITIONS_OF_NON_ESSENTIAL.includes(condition!) && target.essential !== false) {
        throw client(
          `A dependency of condition ${condition} cannot be on the essential container '${containerName}'.`,
        );
      }
      if (condition === 'HEALTHY' && !target.healthCheck) {
        throw client(
          `Container '${containerName}' needs a healthCheck for the dependency condition HEALTHY.`,
        );
      }
    }
  }
  startOrder(containers);
}

/**
 * Containers in the order their dependsOn and links ask for, else as they were given. Throws Client when they depend
 * on each other in a circle.
 */
export function startOrder(containers: readonly ContainerDefinition[]): ContainerDefinition[] {
  const byName = new Map(containers.map((container) => [container.name!, container]));
  const ordered = new Set<ContainerDefinition>();
  const visit = (container: ContainerDefinition, path: string[]): void => {
    if (ordered.has(container)) return;
    if (path.includes(container.name!)) {
      throw client(`Containers depend on each other in a circle: ${[...path, container.name].join(' -> ')}.`);
    }
    for (const name of dependencies(container)) {
      const target = byName.get(name);
      if (target) visit(target, [...path, container.name!]);
    }
    ordered.add(container);
  };
  for (const container of containers) visit(container, []);
  return [...ordered];
}

function dependencies(container: ContainerDefinition): string[] {
  return [
    ...(container.dependsOn ?? []).map((dependency) => dependency.containerName!),
    ...(container.links ?? []).map((link) => link.split(':')[0]!),
    ...(container.volumesFrom ?? []).map((from) => from.sourceContainer!),
  ];
}

function client(message: string): AppError {
  return new AppError('Client', message);
}
