/** `GET /api/tasks/:task/containers/:name/logs`: what a container of a task has written, or goes on writing. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports/clock.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import { requireScope, seesNoLess, type Principal } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RouteAccess } from '../access.ts';
import type { FrontDoorOptions } from '../auth/front-door.ts';
import { permissionWatchMs, watchPermission } from '../auth/permission-watch.ts';
import { recheckOf } from '../auth/recheck.ts';
import { queryTime, timeSchema } from '../query-time.ts';
import { errorSchema } from './error-schema.ts';

const access: RouteAccess = { face: 'ops', scope: 'tasks:logs' };

/** `task` is an id or an ARN. Throws `AppError` ResourceNotFound where the task or container is not known. */
export type ReadLogs = (
  caller: Principal,
  task: string,
  container: string,
  query: LogQuery,
) => Promise<AsyncIterable<LogLine>>;

const ndjson = 'application/x-ndjson';

const params = Type.Object({
  task: Type.String({ description: 'Id or ARN.', examples: ['4f1c0a9be2f64f5f9dd4e1f6d1f0c3ab'] }),
  name: Type.String({ description: 'Of the container.', examples: ['app'] }),
});

const querystring = Type.Object({
  tail: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 999_999_999, description: 'Only the last so many lines.' }),
  ),
  since: Type.Optional(timeSchema('Only lines from this time on.')),
  until: Type.Optional(timeSchema('Only lines before this time.')),
  follow: Type.Optional(
    Type.Boolean({ description: 'Go on with what comes, until the container stops.', default: false }),
  ),
});

const schema = {
  operationId: 'getTaskLogs',
  summary: 'What a container has written',
  description: 'Also after it has stopped. Without `follow` the answer ends with what there is now.',
  tags: ['tasks'],
  params,
  querystring,
  response: {
    200: {
      description: 'Lines, oldest first.',
      content: {
        'text/plain': { schema: Type.String({ description: 'One line per message.' }) },
        [ndjson]: { schema: Type.String({ description: '`{"at","stream","message"}` on each line.' }) },
      },
    },
    '4xx': errorSchema,
  },
};

export interface TaskLogsOptions {
  read: ReadLogs;
  door: Pick<FrontDoorOptions, 'mode' | 'methods'>;
  clock: Clock;
  log: Log;
}

/**
 * Query: `tail` (lines), `since` and `until` (RFC 3339, or epoch seconds), `follow=true`. Answers `text/plain`, one
 * line per message, or, where the client accepts `application/x-ndjson`, `{"at","stream","message"}` per line with
 * `at` in RFC 3339. Following ends with the container, and when the caller's credential ends or may no longer.
 */
export function taskLogsRoute(options: TaskLogsOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    const open = new Set<AbortController>();
    app.addHook('preClose', (closed) => {
      for (const each of open) each.abort();
      closed();
    });
    app
      .withTypeProvider<TypeBoxTypeProvider>()
      .get(
        '/api/tasks/:task/containers/:name/logs',
        { config: { access }, schema },
        async (request, reply) => {
          // Who left while it was found out who they are has been told of already: nothing would ever end this.
          if (reply.raw.destroyed) return reply.hijack();
          const gone = new AbortController();
          open.add(gone);
          reply.raw.once('close', () => {
            open.delete(gone);
            gone.abort();
          });
          const { tail, since, until, follow } = request.query;
          const query: LogQuery = {
            tail,
            since: queryTime('since', since),
            until: queryTime('until', until),
            follow,
            signal: gone.signal,
          };
          const lines = await options.read(
            request.principal,
            request.params.task,
            request.params.name,
            query,
          );
          const watch = follow ? watchCaller(request, gone, options) : undefined;
          try {
            await stream(lines, request, reply, options.log, gone.signal);
          } finally {
            watch?.cancel();
          }
        },
      );
    done();
  };
}

/** Aborts with the refusal where the caller may not read on. */
function watchCaller(
  request: FastifyRequest,
  gone: AbortController,
  { door, clock, log }: TaskLogsOptions,
): Timer {
  const recheck = recheckOf(request, door);
  return watchPermission({
    ...{ clock, log, everyMs: permissionWatchMs },
    async require() {
      const principal = await recheck();
      requireScope(principal, 'tasks:logs');
      if (!seesNoLess(principal, request.principal))
        throw new AppError('Forbidden', 'The account is another.');
    },
    end: (refusal) => gone.abort(refusal),
  });
}

/**
 * Sends the head at once, since a container that is followed may stay silent for long. What fails afterwards can no
 * longer change the status: the stream ends, and NDJSON tells why in its last line.
 */
async function stream(
  lines: AsyncIterable<LogLine>,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const asJson = request.headers.accept?.includes(ndjson) ?? false;
  const write = asJson ? jsonLine : (line: LogLine) => `${line.message}\n`;
  async function* chunks(): AsyncGenerator<string> {
    try {
      for await (const line of lines) yield write(line);
      if (asJson && signal.reason instanceof AppError) yield errorLine(signal.reason.message);
    } catch (error) {
      if (reply.raw.destroyed || signal.aborted) return;
      log.error({ err: error, requestId: request.id }, 'log stream ended early');
      if (asJson) yield errorLine('The log could not be read to its end.');
    }
  }
  reply.hijack();
  // No hook writes those that the pipeline has set.
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(200, { 'content-type': asJson ? ndjson : 'text/plain; charset=utf-8' });
  reply.raw.flushHeaders();
  try {
    await pipeline(Readable.from(chunks()), reply.raw);
  } catch (error) {
    // The client went away, which is how following a log usually ends.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

const errorLine = (error: string): string => `${JSON.stringify({ error })}\n`;

function jsonLine({ at, stream: from, message }: LogLine): string {
  return `${JSON.stringify({ at: new Date(at).toISOString(), stream: from, message })}\n`;
}
