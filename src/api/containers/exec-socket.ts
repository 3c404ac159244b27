/**
 * A process in a container over a WebSocket: `GET /containers/{id}/exec`. What it is to run stands in the query, or in
 * the first message where that says nothing: environments and long commands do not belong into URLs, which are logged.
 */
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import type { RawData, WebSocket } from 'ws';
import { requireExec, startCommand, type ExecCommand } from '../../core/containers/exec.ts';
import { AppError } from '../../core/errors.ts';
import { holderName } from '../../core/principal.ts';
import { recordEntry, auditEntry } from '../audit.ts';
import type { Caller } from '../auth/connection-entry.ts';
import type { ExecOrder } from '../sockets/exec-stream.ts';
import { largestSide } from '../sockets/exec-stream.ts';
import { askForUpgrade } from '../sockets/web-sockets.ts';
import { sendContainersError } from './errors.ts';
import { commandMembers, readExec } from './exec-body.ts';
import { goodbyeOf, wordsOf } from './exec-words.ts';
import { isObject, type Members } from './members.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readBody, readQuery } from './queries.ts';

const startWithinMs = 10_000;
const socketMembers = [...commandMembers, 'tty', 'columns', 'rows'];

export interface SocketCommand extends ExecCommand {
  size: { columns: number; rows: number } | undefined;
}

interface ExecRequest {
  Params: { container_id: string };
  Querystring: Record<string, unknown>;
}

export function containerExecFace(options: ContainersFaceOptions): FastifyPluginCallback {
  return (app, _, done) => {
    app.setErrorHandler((error, request, reply) => sendContainersError(error, request, reply, options.log));
    app.setValidatorCompiler(() => () => true);
    app.route<ExecRequest>({
      method: 'GET',
      url: `${prefix}/containers/:container_id/exec`,
      config: { access: { face: 'live', scope: 'later', operation: 'ExecContainer' } },
      schema: { hide: true },
      handler: askForUpgrade,
      wsHandler: (socket, request) => connect(socket, request, options),
    });
    done();
  };
}

async function connect(
  socket: WebSocket,
  request: FastifyRequest<ExecRequest>,
  options: ContainersFaceOptions,
): Promise<void> {
  // Nothing is read before it is known who speaks.
  socket.pause();
  const refuse = (error: unknown) => sayGoodbye(socket, error, request, options);
  try {
    const { token, ...query } = request.query;
    const caller = await callerOf(request, token, options);
    const begin = (command: SocketCommand) =>
      options.sessions.open(socket, orderOf(command, caller, request, options));
    if (query['command'] !== undefined) begin(readQuery(query, readCommandMembers));
    else {
      readQuery(query, (members) => members.only(...socketMembers));
      onFirstMessage(socket, options, refuse, (message) => begin(readStart(message)));
    }
  } catch (error) {
    refuse(error);
  }
}

/** By a header of the upgrade, or by a ticket, which is all that a browser can show. */
async function callerOf(
  request: FastifyRequest,
  token: unknown,
  { entry }: ContainersFaceOptions,
): Promise<Caller> {
  const caller =
    typeof token === 'string' && !entry.isOff ? await entry.ofUrl(request, token) : entry.ofRequest(request);
  if (caller !== undefined) return caller;
  throw new AppError(
    'Unauthorized',
    'Show a credential in a header, or a ticket of POST /auth/tickets in the URL: ?token=<ticket>.',
  );
}

/** Calls `take` with it before anything that came with it is told to others. */
function onFirstMessage(
  socket: WebSocket,
  { clock }: ContainersFaceOptions,
  refuse: (error: unknown) => void,
  take: (message: string) => void,
): void {
  const late = clock.after(startWithinMs, () =>
    refuse(new AppError('InvalidParameter', `No {"type":"start"} came within ${startWithinMs / 1000} s.`)),
  );
  const receive = (data: RawData, isBinary: boolean) => {
    late.cancel();
    socket.off('message', receive);
    try {
      // Never fragments: the socket gives one buffer.
      take(isBinary ? '' : (data as Buffer).toString('utf8'));
    } catch (error) {
      refuse(error);
    }
  };
  socket.on('message', receive);
  socket.once('close', () => late.cancel());
  socket.resume();
}

function readStart(message: string): SocketCommand {
  const { type, ...members } = parsed(message);
  if (type === 'start') return readBody(members, readCommandMembers);
  throw new AppError(
    'InvalidParameter',
    'The first message says what to run: {"type":"start","command":[…]}.',
    {
      field: 'type',
    },
  );
}

function parsed(message: string): Record<string, unknown> {
  try {
    const value = JSON.parse(message) as unknown;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function readCommandMembers(members: Members): SocketCommand {
  members.only(...socketMembers);
  const columns = members.integer('columns', 1, largestSide);
  const rows = members.integer('rows', 1, largestSide);
  const missing = (['columns', 'rows'] as const).filter((name) => members.value(name) === undefined);
  if (missing.length === 1) members.refuse(missing[0]!, 'is missing: a size has both.');
  return {
    ...readExec(members),
    tty: members.flag('tty') ?? false,
    size: columns === undefined || rows === undefined ? undefined : { columns, rows },
  };
}

/** Every attempt is audited, before the client hears how it went. */
function orderOf(
  { size, ...command }: SocketCommand,
  { principal, recheck }: Caller,
  request: FastifyRequest<ExecRequest>,
  options: ContainersFaceOptions,
): ExecOrder {
  const { core, audit, clock } = options;
  const words = wordsOf(request.id);
  /** By its id once that is known: names change. */
  let target = request.params.container_id;
  let isRecorded = false;
  const record = async (status: number) => {
    if (isRecorded) return;
    isRecorded = true;
    const caller = { id: request.id, ip: request.ip, principal, audit: undefined };
    const call = { operation: 'ExecContainer', target };
    await recordEntry(audit, auditEntry(caller, 'containers', call, { status }, clock.now()));
  };
  const recorded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await record(goodbyeOf(error, request.id).told.code);
      throw error;
    }
  };
  const permitted = async () => requireExec(core, await recheck(), target);
  return {
    holder: holderName(principal),
    words,
    requirePermission: () =>
      recorded(async () => {
        target = (await permitted()).id;
      }),
    start: () =>
      recorded(async () => {
        const session = await startCommand(core, await permitted(), command);
        if (size) session.resize(size.columns, size.rows).catch(() => undefined);
        await record(200);
        return session;
      }),
  };
}

function sayGoodbye(
  socket: WebSocket,
  error: unknown,
  { id }: FastifyRequest,
  { log, clock, sessions }: ContainersFaceOptions,
): void {
  const { told, closeCode, reason } = goodbyeOf(error, id);
  if (told.code === 500) log.error({ err: error, requestId: id }, 'an exec session failed');
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ type: 'error', ...told }));
  socket.resume();
  socket.close(closeCode, reason);
  const last = clock.after(sessions.options.bounds.closingMs, () => socket.terminate());
  socket.once('close', () => last.cancel());
}
