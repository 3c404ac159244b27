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
export type CreateClusterInput = Wire<sdk.CreateClusterRequest>;
export type RegisterTaskDefinitionInput = Wire<sdk.RegisterTaskDefinitionRequest>;
export type RunTaskInput = Wire<sdk.RunTaskRequest>;
export type StartTaskInput = Wire<sdk.StartTaskRequest>;
export type RegisterContainerInstanceInput = Wire<sdk.RegisterContainerInstanceRequest>;
export type ListTasksInput = Wire<sdk.ListTasksRequest>;
export type CapacityProviderStrategyItem = Wire<sdk.CapacityProviderStrategyItem>;
export type ClusterSetting = Wire<sdk.ClusterSetting>;
export type PlacementConstraint = Wire<sdk.PlacementConstraint>;
export type PlacementStrategy = Wire<sdk.PlacementStrategy>;
export type NetworkConfiguration = Wire<sdk.NetworkConfiguration>;
export type Attribute = Wire<sdk.Attribute>;
export type LaunchType = sdk.LaunchType;
