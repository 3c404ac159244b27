/** What a container instance is made of: resources, attributes and its record. */
import { clusterNameOf, containerInstanceArn } from './arn.ts';
import { epochSeconds, type Core } from './context.ts';
import type { Attribute, ContainerInstance, Resource } from './ecs-model.ts';
import type { ContainerInstanceRecord } from './records.ts';
import { scopeKey, type CallScope } from './scope.ts';

/** Ports that a Docker host keeps for itself on AWS: SSH, Docker's API and the ECS agent's introspection. */
const RESERVED_TCP_PORTS = ['22', '2375', '2376', '51678', '51679'];

export interface InstanceParts {
  id: string;
  hostId: string;
  local: boolean;
  attributes: Attribute[];
  resources: Resource[];
  versionInfo: NonNullable<ContainerInstance['versionInfo']>;
  tags: ContainerInstanceRecord['tags'];
}

/** A container instance as it registers: ACTIVE, with all its resources. */
export function newInstanceRecord(
  core: Core,
  scope: CallScope,
  clusterArn: string,
  parts: InstanceParts,
): ContainerInstanceRecord {
  const arn = containerInstanceArn(scope, clusterNameOf(clusterArn), parts.id);
  return {
    id: arn,
    scope: scopeKey(scope),
    clusterArn,
    status: 'ACTIVE',
    hostId: parts.hostId,
    local: parts.local,
    tags: parts.tags,
    containerInstance: {
      containerInstanceArn: arn,
      ec2InstanceId: `i-${parts.id.slice(0, 17)}`,
      version: 1,
      versionInfo: parts.versionInfo,
      registeredResources: parts.resources,
      status: 'ACTIVE',
      agentConnected: parts.local || core.engine.simulated,
      attributes: parts.attributes,
      attachments: [],
      registeredAt: epochSeconds(core.clock.now()),
    },
  };
}

export function instanceResources(cpu: number, memoryMiB: number): Resource[] {
  return [
    integer('CPU', cpu),
    integer('MEMORY', memoryMiB),
    {
      name: 'PORTS',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: RESERVED_TCP_PORTS,
    },
    {
      name: 'PORTS_UDP',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: [],
    },
  ];
}

function integer(name: string, integerValue: number): Resource {
  return { name, type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue };
}

export function baseAttributes(architecture: string, zone: string, instanceType: string): Attribute[] {
  return [
    { name: 'ecs.os-type', value: 'linux' },
    { name: 'ecs.os-family', value: 'LINUX' },
    { name: 'ecs.cpu-architecture', value: architecture },
    { name: 'ecs.availability-zone', value: zone },
    { name: 'ecs.instance-type', value: instanceType },
  ];
}
