/**
 * ARNs of Amazon ECS resources in the long format (Amazon ECS developer guide, "ARNs and IDs").
 * Clients may name a resource by ARN, by the last part of it, or by `<cluster>/<id>`.
 */
import type { CallScope } from './scope.ts';

export interface ParsedArn {
  region: string;
  accountId: string;
  /** `cluster`, `task`, `task-definition`, `container-instance`, … */
  type: string;
  /** What follows the type: `default`, `default/0123…`, `web:3`. */
  path: string;
}

const ARN = /^arn:aws[a-z-]*:ecs:([a-z0-9-]+):(\d{12}):([a-z-]+)\/(.+)$/;

export function parseArn(arn: string): ParsedArn | undefined {
  const match = ARN.exec(arn);
  if (!match) return undefined;
  return { region: match[1]!, accountId: match[2]!, type: match[3]!, path: match[4]! };
}

/** Whether an ARN, or what follows from a name, belongs to the caller's account: others' resources do not exist to it. */
export function inAccount(scope: CallScope, arnOfAny: string): boolean {
  return parseArn(arnOfAny)?.accountId === scope.accountId;
}

export function isArn(text: string): boolean {
  return text.startsWith('arn:');
}

function arn(scope: CallScope, type: string, path: string): string {
  return `arn:aws:ecs:${scope.region}:${scope.accountId}:${type}/${path}`;
}

export function clusterArn(scope: CallScope, name: string): string {
  return arn(scope, 'cluster', name);
}

export function taskDefinitionArn(scope: CallScope, family: string, revision: number): string {
  return arn(scope, 'task-definition', `${family}:${revision}`);
}

export function taskArn(scope: CallScope, clusterName: string, id: string): string {
  return arn(scope, 'task', `${clusterName}/${id}`);
}

export function containerArn(scope: CallScope, clusterName: string, taskId: string, id: string): string {
  return arn(scope, 'container', `${clusterName}/${taskId}/${id}`);
}

export function containerInstanceArn(scope: CallScope, clusterName: string, id: string): string {
  return arn(scope, 'container-instance', `${clusterName}/${id}`);
}

/** The name at the end of a cluster's ARN. */
export function clusterNameOf(arnOfCluster: string): string {
  return arnOfCluster.slice(arnOfCluster.lastIndexOf('/') + 1);
}

/** The last part of an ARN: a task's or an instance's id. */
export function shortId(arnOrId: string): string {
  return arnOrId.slice(arnOrId.lastIndexOf('/') + 1);
}
