/** Task definition operations (Amazon ECS API). */
import type { Core } from '../../../core/context.ts';
import {
  deleteTaskDefinitions,
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  registerTaskDefinition,
} from '../../../core/task-definitions.ts';
import type { EcsCall, Input, Output } from '../operation.ts';

type Call = EcsCall<Core>;

export async function RegisterTaskDefinition(
  call: Call,
  input: Input<'RegisterTaskDefinition'>,
): Promise<Output<'RegisterTaskDefinition'>> {
  const { taskDefinition, tags } = await registerTaskDefinition(call.core, call.scope, input);
  return { taskDefinition, ...(tags.length > 0 && { tags }) };
}

export async function DescribeTaskDefinition(
  call: Call,
  input: Input<'DescribeTaskDefinition'>,
): Promise<Output<'DescribeTaskDefinition'>> {
  const { taskDefinition, tags } = await describeTaskDefinition(call.core, call.scope, input.taskDefinition);
  return { taskDefinition, ...(input.include?.includes('TAGS') && { tags }) };
}

export async function ListTaskDefinitions(
  call: Call,
  input: Input<'ListTaskDefinitions'>,
): Promise<Output<'ListTaskDefinitions'>> {
  const { records, nextToken } = await listTaskDefinitions(call.core, call.scope, input);
  return { taskDefinitionArns: records.map((record) => record.id), nextToken };
}

export async function ListTaskDefinitionFamilies(
  call: Call,
  input: Input<'ListTaskDefinitionFamilies'>,
): Promise<Output<'ListTaskDefinitionFamilies'>> {
  const { records, nextToken } = await listTaskDefinitionFamilies(call.core, call.scope, input);
  return { families: records.map((record) => record.family), nextToken };
}

export async function DeregisterTaskDefinition(
  call: Call,
  input: Input<'DeregisterTaskDefinition'>,
): Promise<Output<'DeregisterTaskDefinition'>> {
  const { taskDefinition } = await deregisterTaskDefinition(call.core, call.scope, input.taskDefinition);
  return { taskDefinition };
}

export async function DeleteTaskDefinitions(
  call: Call,
  input: Input<'DeleteTaskDefinitions'>,
): Promise<Output<'DeleteTaskDefinitions'>> {
  const { records, failures } = await deleteTaskDefinitions(call.core, call.scope, input.taskDefinitions);
  return { taskDefinitions: records.map((record) => record.taskDefinition), failures };
}
