/** Tag operations (Amazon ECS API). */
import type { Core } from '../../../core/context.ts';
import { resourceTags, tagResource, untagResource } from '../../../core/resource-tags.ts';
import type { EcsCall, Input, Output } from '../operation.ts';

type Call = EcsCall<Core>;

export async function TagResource(call: Call, input: Input<'TagResource'>): Promise<Output<'TagResource'>> {
  await tagResource(call.core, call.scope, input.resourceArn, input.tags);
  return {};
}

export async function UntagResource(
  call: Call,
  input: Input<'UntagResource'>,
): Promise<Output<'UntagResource'>> {
  await untagResource(call.core, call.scope, input.resourceArn, input.tagKeys);
  return {};
}

export async function ListTagsForResource(
  call: Call,
  input: Input<'ListTagsForResource'>,
): Promise<Output<'ListTagsForResource'>> {
  return { tags: await resourceTags(call.core, call.scope, input.resourceArn) };
}
