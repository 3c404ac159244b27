/** Container instance operations (Amazon ECS API). */
import { knownCluster } from '../../../core/cluster-lookup.ts';
import {
  deregisterContainerInstance,
  instancesByReference,
  instanceView,
  registerContainerInstance,
  updateContainerInstancesState,
} from '../../../core/container-instances.ts';
import { listContainerInstances } from '../../../core/container-instance-list.ts';
import type { Core } from '../../../core/context.ts';
import type { ContainerInstance } from '../../../core/ecs-model.ts';
import type { ContainerInstanceRecord } from '../../../core/records.ts';
import type { EcsCall, Input, Output } from '../operation.ts';

type Call = EcsCall<Core>;

export async function RegisterContainerInstance(
  call: Call,
  input: Input<'RegisterContainerInstance'>,
): Promise<Output<'RegisterContainerInstance'>> {
  return {
    containerInstance: await view(call, true)(await registerContainerInstance(call.core, call.scope, input)),
  };
}

export async function DeregisterContainerInstance(
  call: Call,
  input: Input<'DeregisterContainerInstance'>,
): Promise<Output<'DeregisterContainerInstance'>> {
  return {
    containerInstance: await view(call)(await deregisterContainerInstance(call.core, call.scope, input)),
  };
}

export async function DescribeContainerInstances(
  call: Call,
  input: Input<'DescribeContainerInstances'>,
): Promise<Output<'DescribeContainerInstances'>> {
  const cluster = await knownCluster(call.core.store.read, call.scope, input.cluster);
  const { records, failures } = await instancesByReference(
    call.core.store.read,
    cluster,
    input.containerInstances,
  );
  const tagged = input.include?.includes('TAGS') ?? false;
  return { containerInstances: await Promise.all(records.map(view(call, tagged))), failures };
}

export async function ListContainerInstances(
  call: Call,
  input: Input<'ListContainerInstances'>,
): Promise<Output<'ListContainerInstances'>> {
  const { records, nextToken } = await listContainerInstances(call.core, call.scope, input);
  return { containerInstanceArns: records.map((record) => record.id), nextToken };
}

export async function UpdateContainerInstancesState(
  call: Call,
  input: Input<'UpdateContainerInstancesState'>,
): Promise<Output<'UpdateContainerInstancesState'>> {
  const { records, failures } = await updateContainerInstancesState(call.core, call.scope, input);
  return { containerInstances: await Promise.all(records.map(view(call))), failures };
}

function view(call: Call, tagged = false): (record: ContainerInstanceRecord) => Promise<ContainerInstance> {
  return async (record) => ({ ...(await instanceView(call.core, record)), tags: tagged ? record.tags : [] });
}
