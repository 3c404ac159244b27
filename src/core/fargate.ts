/** What AWS Fargate accepts: sizes, platform versions (Amazon ECS developer guide, "Task CPU and memory" for Fargate). */
import { AppError } from './errors.ts';
import type { ContainerDefinition, TaskDefinition } from './ecs-model.ts';

const GIB = 1024;

/** CPU units to the MiB that go with them. */
const SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, GIB, 2 * GIB]],
  [512, steps(1, 4, 1)],
  [1024, steps(2, 8, 1)],
  [2048, steps(4, 16, 1)],
  [4096, steps(8, 30, 1)],
  [8192, steps(16, 60, 4)],
  [16384, steps(32, 120, 8)],
]);

const MAX_STOP_TIMEOUT_SECONDS = 120;
const PLATFORM_VERSIONS = ['LATEST', '1.4.0', '1.3.0', '1.0.0'];

function steps(fromGib: number, toGib: number, stepGib: number): number[] {
  const count = Math.floor((toGib - fromGib) / stepGib) + 1;
  return Array.from({ length: count }, (_, index) => (fromGib + index * stepGib) * GIB);
}

/** Undefined when the definition can run on Fargate, else why it cannot. */
export function fargateRefusal(definition: TaskDefinition): string | undefined {
  if (definition.networkMode !== 'awsvpc') return 'Fargate only supports network mode ‘awsvpc’.';
  if (!definition.cpu) return "Fargate requires that 'cpu' be defined at the task level.";
  if (!definition.memory) return "Fargate requires that 'memory' be defined at the task level.";
  if (!SIZES.get(Number(definition.cpu))?.includes(Number(definition.memory))) {
    return `No Fargate configuration exists for given values: ${definition.cpu} CPU, ${definition.memory} memory.`;
  }
  if (definition.pidMode === 'host') {
    return "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.";
  }
  if (definition.placementConstraints?.length) return 'Fargate does not support placement constraints.';
  const storage = definition.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < 21 || storage > 200)) {
    return `Invalid ephemeralStorage: ${storage} GiB. It must be 21 to 200.`;
  }
  for (const container of definition.containerDefinitions ?? []) {
    if (container.privileged) return 'Fargate does not support privileged containers.';
    if ((container.stopTimeout ?? 0) > MAX_STOP_TIMEOUT_SECONDS) {
      return `Invalid 'stopTimeout' setting for container '${container.name}': Fargate allows at most ${MAX_STOP_TIMEOUT_SECONDS} seconds.`;
    }
    const linux = linuxMember(container.linuxParameters);
    if (linux) return `Fargate does not support linuxParameters.${linux} (container '${container.name}').`;
    if (container.logConfiguration?.logDriver === 'awslogs' && !definition.executionRoleArn) {
      return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
    }
  }
  if (definition.volumes?.some((volume) => volume.host?.sourcePath)) {
    return 'Fargate does not support host volumes with a sourcePath.';
  }
  return undefined;
}

function linuxMember(parameters: ContainerDefinition['linuxParameters']): string | undefined {
  if (parameters?.devices?.length) return 'devices';
  if (parameters?.tmpfs?.length) return 'tmpfs';
  return (['sharedMemorySize', 'maxSwap', 'swappiness'] as const).find(
    (member) => parameters?.[member] !== undefined,
  );
}

/** Fargate platform version of a task. Throws PlatformUnknown. */
export function platformVersion(requested: string | undefined): string {
  if (requested === undefined || requested === 'LATEST') return '1.4.0';
  if (!PLATFORM_VERSIONS.includes(requested)) {
    throw new AppError('PlatformUnknown', 'The specified platform version does not exist.');
  }
  return requested;
}
