/** A task as it is the moment RunTask or StartTask accepts it: PROVISIONING, with every container PENDING. */
import { randomUUID } from 'node:crypto';
import { clusterNameOf, containerArn } from './arn.ts';
import { epochSeconds, type Core } from './context.ts';
import type { Attachment, Container, NetworkConfiguration, Tag, Task, TaskOverride } from './ecs-model.ts';
import type { TaskSpec } from './ports/engine.ts';
import type {
  ClusterRecord,
  ContainerInstanceRecord,
  Reservation,
  TaskDefinitionRecord,
  TaskRecord,
} from './records.ts';
import type { CallScope } from './scope.ts';

export interface NewTask {
  spec: TaskSpec;
  cluster: ClusterRecord;
  definition: TaskDefinitionRecord;
  launchType: string;
  overrides: TaskOverride;
  group: string;
  tags: Tag[];
  startedBy?: string | undefined;
  capacityProvider?: string | undefined;
  platformVersion?: string | undefined;
  enableExecuteCommand?: boolean | undefined;
  networkConfiguration?: NetworkConfiguration | undefined;
  instance?: ContainerInstanceRecord | undefined;
  reservation?: Reservation | undefined;
}

export function newTaskRecord(core: Core, scope: CallScope, input: NewTask): TaskRecord {
  const { spec, cluster, definition, instance } = input;
  return {
    id: spec.id,
    shortId: spec.name,
    scope: cluster.scope,
    clusterArn: cluster.id,
    taskDefinitionArn: definition.id,
    family: definition.family,
    group: input.group,
    startedBy: input.startedBy ?? '',
    containerInstanceArn: instance?.id ?? '',
    serviceName: '',
    launchType: input.launchType,
    desiredStatus: 'RUNNING',
    lastStatus: 'PROVISIONING',
    phase: 'live',
    stoppedAt: 0,
    task: taskView(core, scope, input),
    tags: input.tags,
    spec,
    ...(input.reservation && { reservation: input.reservation }),
  };
}

function taskView(core: Core, scope: CallScope, input: NewTask): Task {
  const { spec, cluster, definition, instance, overrides } = input;
  const fargate = input.launchType === 'FARGATE';
  const { taskDefinition } = definition;
  return {
    attachments: spec.networkMode === 'awsvpc' ? [networkInterface(input.networkConfiguration)] : [],
    attributes: [{ name: 'ecs.cpu-architecture', value: core.engine.architecture }],
    availabilityZone: `${scope.region}a`,
    clusterArn: cluster.id,
    containers: spec.containers.map((container) =>
      containerView(scope, cluster.id, spec, container, taskDefinition.containerDefinitions ?? []),
    ),
    createdAt: epochSeconds(core.clock.now()),
    desiredStatus: 'RUNNING',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    group: input.group,
    healthStatus: 'UNKNOWN',
    lastStatus: 'PROVISIONING',
    launchType: input.launchType as Task['launchType'],
    overrides: {
      ...overrides,
      containerOverrides: spec.containers.map(
        ({ name }) => overrides.containerOverrides?.find((override) => override.name === name) ?? { name },
      ),
      inferenceAcceleratorOverrides: [],
    },
    tags: [],
    taskArn: spec.id,
    taskDefinitionArn: definition.id,
    version: 1,
    ...(spec.cpuUnits !== undefined && { cpu: String(spec.cpuUnits) }),
    ...(spec.memoryMiB !== undefined && { memory: String(spec.memoryMiB) }),
    ...(input.startedBy && { startedBy: input.startedBy }),
    ...(instance && { containerInstanceArn: instance.id }),
    ...(input.capacityProvider && { capacityProviderName: input.capacityProvider }),
    ...(fargate && {
      platformVersion: input.platformVersion,
      platformFamily: 'Linux',
      ephemeralStorage: { sizeInGiB: taskDefinition.ephemeralStorage?.sizeInGiB ?? 20 },
    }),
  };
}

function containerView(
  scope: CallScope,
  clusterArn: string,
  spec: TaskSpec,
  container: TaskSpec['containers'][number],
  definitions: readonly { name?: string | undefined; memory?: number | undefined }[],
): Container {
  const memory = definitions.find((definition) => definition.name === container.name)?.memory;
  return {
    containerArn: containerArn(scope, clusterNameOf(clusterArn), spec.name, randomUUID()),
    taskArn: spec.id,
    name: container.name,
    image: container.image,
    lastStatus: 'PENDING',
    networkBindings: [],
    networkInterfaces: [],
    managedAgents: [],
    gpuIds: [],
    cpu: String(container.cpuUnits),
    ...(memory !== undefined && { memory: String(memory) }),
    ...(container.memoryReservationMiB !== undefined && {
      memoryReservation: String(container.memoryReservationMiB),
    }),
  };
}

function networkInterface(configuration: NetworkConfiguration | undefined): Attachment {
  const subnet = configuration?.awsvpcConfiguration?.subnets?.[0] ?? '';
  return {
    id: randomUUID(),
    type: 'ElasticNetworkInterface',
    status: 'PRECREATED',
    details: [{ name: 'subnetId', value: subnet }],
  };
}
