/** What the audit log says of a request of this API. */
import type { FastifyRequest } from 'fastify';
import type { AuditedCall } from '../access.ts';
import { parseBody } from './body.ts';
import { operationScopes } from './scopes.ts';

const changing: ReadonlySet<string> = new Set(
  Object.entries(operationScopes).flatMap(([name, scope]) => (scope.endsWith(':read') ? [] : [name])),
);

/** The members that name what an operation is about, the narrowest first. */
const naming = [
  'resourceArn',
  'tasks',
  'task',
  'serviceDeploymentArn',
  'taskSet',
  'service',
  'serviceName',
  'serviceArn',
  'containerInstances',
  'containerInstance',
  'capacityProvider',
  'taskDefinitions',
  'taskDefinition',
  'family',
  'clusterName',
  'cluster',
  'name',
] as const;

/** Undefined for an operation that only reads. What was refused before its operation was known goes by its header. */
export function auditedCall(request: FastifyRequest): AuditedCall | undefined {
  const operation = request.operation ?? claimedOperation(request);
  if (operation === undefined || !changing.has(operation)) return undefined;
  return { operation, target: targetOf(request.body) };
}

function claimedOperation({ headers, params, query }: FastifyRequest): string | undefined {
  const header = headers['x-amz-target'];
  if (typeof header === 'string') return header.slice(header.lastIndexOf('.') + 1);
  return (
    (params as { action?: string }).action ?? (query as { Action?: string | string[] }).Action?.toString()
  );
}

/** Of the body as it came: a call that was denied has no validated input. */
function targetOf(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const input = parseBody(body) as Record<string, unknown> | null;
    for (const member of naming) {
      const value = input?.[member];
      if (typeof value === 'string') return value;
      if (Array.isArray(value) && typeof value[0] === 'string') return value.slice(0, 20).join(',');
    }
  } catch {
    // What cannot be read names nothing.
  }
  return undefined;
}
