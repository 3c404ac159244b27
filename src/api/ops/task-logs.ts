/** `GET /api/tasks/:task/containers/:name/logs`: what a container of a task has written, or goes on writing. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from '../../core/errors.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import type { Principal } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RouteAccess } from '../access.ts';
import { queryTime, timeSchema } from '../query-time.ts';
import { OpenStreams, sendStream, watchCaller, type CallerWatch } from '../streams.ts';
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

export interface TaskLogsOptions extends CallerWatch {
  read: ReadLogs;
}

/**
 * Query: `tail` (lines), `since` and `until` (RFC 3339, or epoch seconds), `follow=true`. Answers `text/plain`, one
 * line per message, or, where the client accepts `application/x-ndjson`, `{"at","stream","message"}` per line with
 * `at` in RFC 3339. Following ends with the container, and when the caller's credential ends or may no longer.
 */
export function taskLogsRoute(options: TaskLogsOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    const streams = new OpenStreams(app);
    app
      .withTypeProvider<TypeBoxTypeProvider>()
      .get(
        '/api/tasks/:task/containers/:name/logs',
        { config: { access }, schema },
        async (request, reply) => {
          const gone = streams.begin(request, reply);
          if (gone === undefined) return reply.hijack();
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
          const watch = follow ? watchCaller(request, gone, 'tasks:logs', options) : undefined;
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

/** What fails once it has begun ends the stream, and NDJSON tells why in its last line. */
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
  const contentType = asJson ? ndjson : 'text/plain; charset=utf-8';
  await sendStream(reply, { 'content-type': contentType }, chunks());
}

const errorLine = (error: string): string => `${JSON.stringify({ error })}\n`;

function jsonLine({ at, stream: from, message }: LogLine): string {
  return `${JSON.stringify({ at: new Date(at).toISOString(), stream: from, message })}\n`;
}
