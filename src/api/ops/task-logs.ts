/** `GET /api/tasks/:task/containers/:name/logs`: what a container of a task has written, or goes on writing. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import type { Principal } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RouteAccess } from '../access.ts';

const access: RouteAccess = { face: 'ops', scope: 'tasks:logs' };

/** `task` is an id or an ARN. Throws `AppError` ResourceNotFound where the task or container is not known. */
export type ReadLogs = (
  caller: Principal,
  task: string,
  container: string,
  query: LogQuery,
) => Promise<AsyncIterable<LogLine>>;

interface Route {
  Params: { task: string; name: string };
  Querystring: Record<string, string | string[] | undefined>;
}

const ndjson = 'application/x-ndjson';

/**
 * Query: `tail` (lines), `since` and `until` (RFC 3339, or epoch seconds), `follow=true`. Answers `text/plain`, one
 * line per message, or, where the client accepts `application/x-ndjson`, `{"at","stream","message"}` per line with
 * `at` in RFC 3339.
 */
export function taskLogsRoute(readLogs: ReadLogs, log: Log): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    const open = new Set<AbortController>();
    app.addHook('preClose', (closed) => {
      for (const each of open) each.abort();
      closed();
    });
    app.get<Route>(
      '/api/tasks/:task/containers/:name/logs',
      { config: { access } },
      async (request, reply) => {
        const gone = new AbortController();
        open.add(gone);
        reply.raw.once('close', () => {
          open.delete(gone);
          gone.abort();
        });
        const query = { ...logQuery(request.query), signal: gone.signal };
        const lines = await readLogs(request.principal, request.params.task, request.params.name, query);
        await stream(lines, request, reply, log);
      },
    );
    done();
  };
}

/**
 * Sends the head at once, since a container that is followed may stay silent for long. What fails afterwards can no
 * longer change the status: the stream ends, and NDJSON tells why in its last line.
 */
async function stream(
  lines: AsyncIterable<LogLine>,
  request: FastifyRequest<Route>,
  reply: FastifyReply,
  log: Log,
): Promise<void> {
  const asJson = request.headers.accept?.includes(ndjson) ?? false;
  const write = asJson ? jsonLine : (line: LogLine) => `${line.message}\n`;
  async function* chunks(): AsyncGenerator<string> {
    try {
      for await (const line of lines) yield write(line);
    } catch (error) {
      if (reply.raw.destroyed) return;
      log.error({ err: error, requestId: request.id }, 'log stream ended early');
      if (asJson) yield `${JSON.stringify({ error: 'The log could not be read to its end.' })}\n`;
    }
  }
  reply.hijack();
  reply.raw.writeHead(200, {
    'content-type': asJson ? ndjson : 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  reply.raw.flushHeaders();
  try {
    await pipeline(Readable.from(chunks()), reply.raw);
  } catch (error) {
    // The client went away, which is how following a log usually ends.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function jsonLine({ at, stream: from, message }: LogLine): string {
  return `${JSON.stringify({ at: new Date(at).toISOString(), stream: from, message })}\n`;
}

function logQuery(query: Route['Querystring']): LogQuery {
  return {
    tail: count('tail', single('tail', query)),
    since: time('since', single('since', query)),
    until: time('until', single('until', query)),
    follow: flag('follow', single('follow', query)),
  };
}

function single(name: string, query: Route['Querystring']): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw new AppError('InvalidParameter', `${name} is given more than once.`);
  return value;
}

function count(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new AppError('InvalidParameter', `${name} must be a number of lines.`);
  return Number(value);
}

function time(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const at = /^\d{1,11}(\.\d{1,9})?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(at)) {
    throw new AppError(
      'InvalidParameter',
      `${name} must be a time, such as 2030-01-31T12:00:00Z, or epoch seconds.`,
    );
  }
  return at;
}

function flag(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw new AppError('InvalidParameter', `${name} must be true or false.`);
}
