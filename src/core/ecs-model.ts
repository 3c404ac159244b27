/**
 * Amazon ECS's own shapes as they travel on the wire: the SDK's types with every Date as epoch seconds
 * (milliseconds in the fraction). They are the domain model too: a record keeps the shape that Describe* returns.
 */
import type * as sdk from '@aws-sdk/client-ecs';

export type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? string
    : T extends readonly (infer U)[]
      ? Wire<U>[]
      : T extends object
        ? { [K in keyof T]: Wire<T[K]> }
        : T;

export type Cluster = Wire<sdk.Cluster>;
export type TaskDefinition = Wire<sdk.TaskDefinition>;
export type ContainerDefinition = Wire<sdk.ContainerDefinition>;
export type Task = Wire<sdk.Task>;
export type Container = Wire<sdk.Container>;
export type ContainerInstance = Wire<sdk.ContainerInstance>;
export type Resource = Wire<sdk.Resource>;
export type Failure = Wire<sdk.Failure>;
export type Tag = Wire<sdk.Tag>;
export type Attachment = Wire<sdk.Attachment>;
export type NetworkBinding = Wire<sdk.NetworkBinding>;
export type TaskOverride = Wire<sdk.TaskOverride>;
export type ContainerOverride = Wire<sdk.ContainerOverride>;
