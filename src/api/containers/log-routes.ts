/** What a container has written: a page of it, or as a stream that goes on. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readLogs } from '../../core/containers/logs.ts';
import type { HostLogLine } from '../../core/ports/host-containers.ts';
import { OpenStreams, sendStream, watchCaller } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { errorBody } from './errors.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { logsQuery, readQuery, type LogsQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped, lineOf } from './views.ts';

export const streamsOfCaller = 50;
const ndjson = 'application/x-ndjson';
const eventStream = 'text/event-stream';
const plain = 'text/plain';

export function logRoutes(app: TypedApp, options: ContainersFaceOptions): void {
  const streams = new OpenStreams(app as unknown as FastifyInstance, streamsOfCaller);
  app.get(
    `${prefix}/containers/:container_id/logs`,
    {
      config: accessOf('GetContainerLogs', 'containers:logs'),
      schema: {
        operationId: 'getContainerLogs',
        summary: 'What a container has written',
        description:
          'Lines as JSON, or as text where that is asked for. With follow a stream of NDJSON, or of server-sent ' +
          'events whose ids resume it as Last-Event-ID.',
        tags: schemas.tags,
        params: schemas.containerParams,
        querystring: schemas.logsQuery,
        response: { 200: schemas.success(schemas.logs), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const query = readQuery(request.query, (members) => logsQuery(members, options.clock.now()));
      const form = formOf(request, query);
      const gone = streams.begin(request, reply);
      if (gone === undefined) return reply.hijack();
      const position = resumed(request, query);
      const { container_id: container } = request.params;
      const lines = await readLogs(options.core, request.principal, container, {
        ...position,
        signal: gone.signal,
      });
      if (form === 'json') {
        const items = (await collected(lines)).map(lineOf);
        return enveloped({ total: items.length, items, next: items.at(-1)?.cursor ?? null });
      }
      const watch = query.follow ? watchCaller(request, gone, 'containers:logs', options) : undefined;
      try {
        await send({ lines, form, query, signal: gone.signal, options }, request, reply);
      } finally {
        watch?.cancel();
      }
      return reply;
    },
  );
}

type Form = 'json' | 'text' | 'ndjson' | 'events';

/** Asked for by `format`, else by the header Accept. What is followed has no end, and is never one JSON text. */
function formOf(request: FastifyRequest, { format, follow, download }: LogsQuery): Form {
  const accept = request.headers.accept ?? '';
  if (format === 'text' || (format === undefined && (download || accept.includes(plain)))) return 'text';
  if (accept.includes(eventStream)) return 'events';
  return follow || accept.includes(ndjson) ? 'ndjson' : 'json';
}

/** A client of server-sent events that comes back says which line it had last. */
function resumed({ headers }: FastifyRequest, query: LogsQuery): LogsQuery {
  const last = headers['last-event-id'];
  if (typeof last !== 'string' || last === '' || last.length > 256) return query;
  return { ...query, after: last, since: undefined, tail: undefined };
}

async function collected(lines: AsyncIterable<HostLogLine>): Promise<HostLogLine[]> {
  const all: HostLogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

interface Sending {
  lines: AsyncIterable<HostLogLine>;
  form: Exclude<Form, 'json'>;
  query: LogsQuery;
  signal: AbortSignal;
  options: ContainersFaceOptions;
}

async function send(sending: Sending, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { form, query } = sending;
  const types = { text: `${plain}; charset=utf-8`, ndjson, events: eventStream };
  const headers: Record<string, string> = {
    'content-type': types[form],
    'cache-control': 'no-store',
    // nginx keeps streams back otherwise.
    'x-accel-buffering': 'no',
    ...(query.download && { 'content-disposition': 'attachment; filename="container.log"' }),
  };
  await sendStream(reply, headers, chunks(sending, request, reply));
}

/** What fails once it has begun is told in the last line, in forms that have a place for it. */
async function* chunks(
  { lines, form, query, signal, options }: Sending,
  request: FastifyRequest,
  reply: FastifyReply,
): AsyncGenerator<string> {
  try {
    for await (const line of lines) yield write(line, form, query);
    if (signal.reason instanceof Error && !reply.raw.destroyed) yield lastLine(signal.reason, form, request);
  } catch (error) {
    if (reply.raw.destroyed) return;
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (!signal.aborted) options.log.error({ err: error, requestId: request.id }, 'log stream ended early');
    yield lastLine(cause, form, request);
  }
}

function write(line: HostLogLine, form: Sending['form'], { timestamps }: LogsQuery): string {
  switch (form) {
    case 'text':
      return timestamps ? `${new Date(line.at).toISOString()} ${line.message}\n` : `${line.message}\n`;
    case 'ndjson':
      return `${JSON.stringify(lineOf(line))}\n`;
    case 'events':
      return `id: ${line.cursor}\ndata: ${JSON.stringify(lineOf(line))}\n\n`;
  }
}

function lastLine(error: unknown, form: Sending['form'], request: FastifyRequest): string {
  const body = JSON.stringify({ error: errorBody(error, request.id) });
  if (form === 'text') return '';
  return form === 'ndjson' ? `${body}\n` : `event: error\ndata: ${body}\n\n`;
}
