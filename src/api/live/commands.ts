/** `execute`: a process in a container. `get_metrics`: what something uses of what it reserved. */
import { parseArn } from '../../core/arn.ts';
import { AppError } from '../../core/errors.ts';
import { holderName, requireScope, seesAccount } from '../../core/principal.ts';
import type { TaskRecord } from '../../core/records.ts';
import { auditEntry, recordEntry } from '../audit.ts';
import type { Caller } from '../auth/connection-entry.ts';
import type { ExecOrder } from '../sockets/exec-stream.ts';
import { commandWords } from './command-words.ts';
import type { Connection } from './connection.ts';
import { execWords } from './exec-words.ts';
import { invalid, optionalFlag, optionalText, optionalTexts, text, type Fields } from './fields.ts';
import type { LiveContext } from './context.ts';
import { knownError, LiveError } from './protocol.ts';
import { findTask } from './task-lookup.ts';
import { metricNames, resourceKinds, statisticNames } from './utilization.ts';

/** Answers with where to connect to; the process is started when somebody does. Every attempt is audited. */
export async function execute(connection: Connection, payload: Fields, id: string): Promise<void> {
  const { hub, request } = connection;
  const target = optionalText(payload, 'task') ?? '';
  try {
    const { taskArn, order } = await readOrder(hub, connection.caller!, payload);
    const sessionId = hub.exec.offer(order);
    await recordExecute(connection, taskArn, { status: 200 });
    const scheme = request.protocol === 'https' ? 'wss' : 'ws';
    const websocketUrl = `${scheme}://${request.host}/exec/${sessionId}`;
    connection.send({ id, type: 'command_ack', payload: { sessionId, websocketUrl } });
  } catch (error) {
    const code = knownError(error)?.code ?? 'INTERNAL_ERROR';
    await recordExecute(connection, target, {
      status: code === 'PERMISSION_DENIED' ? 403 : 400,
      error: code,
    });
    throw error;
  }
}

async function readOrder(
  hub: LiveContext,
  caller: Caller,
  payload: Fields,
): Promise<{ taskArn: string; order: ExecOrder }> {
  const { principal } = caller;
  requireScope(principal, 'tasks:exec');
  const task = text(payload, 'task');
  const command = commandWords(payload['command']);
  const interactive = optionalFlag(payload, 'interactive');
  const cluster = optionalText(payload, 'cluster');
  const record = await findTask(hub.core, hub.region, principal, { task, cluster });
  const container = runningContainer(record, optionalText(payload, 'container', 255));
  const order: ExecOrder = {
    holder: holderName(principal),
    requirePermission: () => requireExec(caller, record.id),
    start: () => hub.engine.exec(record.id, container, command, { tty: interactive }),
    words: execWords,
  };
  return { taskArn: record.id, order };
}

/** Throws `Unauthorized`, `Forbidden`, `ResourceNotFound`, or what kept it from finding out. */
async function requireExec(caller: Caller, taskArn: string): Promise<void> {
  const principal = await caller.recheck();
  requireScope(principal, 'tasks:exec');
  if (seesAccount(principal, parseArn(taskArn)!.accountId)) return;
  throw new AppError('ResourceNotFound', `There is no task '${taskArn}'.`);
}

/** May be left out where the task has one only. */
function runningContainer({ task, shortId }: TaskRecord, name: string | undefined): string {
  const containers = task.containers ?? [];
  if (name === undefined && containers.length !== 1) {
    const names = containers.map((each) => each.name).join(', ');
    throw invalid('container', `task '${shortId}' has several containers: ${names}`);
  }
  const found = name === undefined ? containers[0] : containers.find((each) => each.name === name);
  if (!found) {
    const reason = `task '${shortId}' has no container '${name}'`;
    throw new LiveError('RESOURCE_NOT_FOUND', 'Unknown container', { field: 'container', reason });
  }
  if (found.lastStatus !== 'RUNNING') {
    throw invalid('container', `container '${found.name}' is ${found.lastStatus}, not RUNNING`);
  }
  return found.name!;
}

async function recordExecute(
  { hub, request, principal }: Connection,
  target: string,
  outcome: { status: number; error?: string },
): Promise<void> {
  // The upgrade's own principal is not the caller, where the first message said who that is.
  const caller = { id: request.id, ip: request.ip, principal: principal!, audit: undefined };
  const call = { operation: 'ExecuteCommand', target };
  await recordEntry(hub.audit, auditEntry(caller, 'live', call, outcome, hub.clock.now()));
}

export async function getMetrics(connection: Connection, payload: Fields, id: string): Promise<void> {
  const { hub } = connection;
  const principal = connection.principal!;
  for (const scope of ['metrics:read', 'tasks:read'] as const) requireScope(principal, scope);
  const question = {
    resource: oneOf(resourceKinds, 'resource', [text(payload, 'resource', 64)])[0]!,
    resourceArn: text(payload, 'resourceArn'),
    metrics: oneOf(metricNames, 'metrics', optionalTexts(payload, 'metrics') ?? metricNames),
    statistics: oneOf(statisticNames, 'statistics', optionalTexts(payload, 'statistics') ?? ['Average']),
  };
  const metrics = await hub.utilization.measure(question, principal, hub.region);
  connection.send({ id, type: 'metrics', payload: { resourceArn: question.resourceArn, metrics } });
}

function oneOf<T extends string>(known: readonly T[], field: string, given: readonly string[]): T[] {
  const strange = given.find((each) => !known.includes(each as T));
  if (strange === undefined && given.length > 0) return given as T[];
  throw invalid(field, `'${(strange ?? '').slice(0, 100)}' is none of ${known.join(', ')}`);
}
