/** What a container has written: a page of it, or as a stream that goes on. */
import type { FastifyRequest } from 'fastify';
import { readLogs, type ContainerLogs } from '../../core/containers/logs.ts';
import type { HostLogLine } from '../../core/ports/host-containers.ts';
import { sendStream, watchCaller, type OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { logsQuery, mostLines, mostText, readQuery, type LogsQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { lastEventId, streamFormOf, streamHeaders, tell, type StreamForm, type Told } from './telling.ts';
import { enveloped, lineOf } from './views.ts';

export function logRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  app.get(
    `${prefix}/containers/:container_id/logs`,
    {
      config: accessOf('GetContainerLogs', 'containers:logs'),
      schema: {
        operationId: 'getContainerLogs',
        summary: 'What a container has written',
        description:
          'Lines as JSON, at most 10000 with 16 Mi characters, or as text where that is asked for. next_since is where the next request goes on. With follow a stream of NDJSON, ' +
          'or of server-sent events whose ids resume it as Last-Event-ID; it goes on over restarts of the container. A line is at most 1 MiB long.',
        tags: schemas.tags,
        params: schemas.containerParams,
        querystring: schemas.logsQuery,
        response: { 200: schemas.success(schemas.logs), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const query = readQuery(request.query, (members) => logsQuery(members, options.clock.now()));
      const form = formOf(request, query);
      const gone = streams.begin(request, reply, query.follow === true);
      if (gone === undefined) return reply.hijack();
      const asked = { ...resumed(request, query), signal: gone.signal };
      const logs = await readLogs(options.core, request.principal, request.params.container_id, asked);
      const { lines, name } = logs;
      if (form === 'json') return enveloped(await pageOf(logs, asked));
      const watch = query.follow ? watchCaller(request, gone, 'containers:logs', options) : undefined;
      try {
        if (form === 'text') await sendStream(reply, textHeaders(query, name), texts(lines, query));
        else await tell({ items: told(lines), form, signal: gone.signal, request, reply, options });
      } finally {
        watch?.cancel();
      }
      return reply;
    },
  );
}

/** Asked for by `format`, else by the header Accept. What is followed has no end, and is never one JSON text. */
function formOf(
  request: FastifyRequest,
  { format, follow, download }: LogsQuery,
): StreamForm | 'json' | 'text' {
  const wantsText = download || (request.headers.accept ?? '').includes('text/plain');
  if (format === 'text' || (format === undefined && wantsText)) return 'text';
  return streamFormOf(request) ?? (follow ? 'ndjson' : 'json');
}

/** A client of server-sent events that comes back says which line it had last. */
function resumed(request: FastifyRequest, query: LogsQuery): LogsQuery {
  const last = lastEventId(request);
  return last === undefined ? query : { ...query, after: last, since: undefined, tail: undefined };
}

/** As many as fit in one answer: what a container has written may be more than there is memory. */
async function pageOf({ lines, reached }: ContainerLogs, { since, after }: LogsQuery) {
  const read: HostLogLine[] = [];
  let text = 0;
  let more = false;
  for await (const line of oneByOne(lines)) {
    more = read.length === mostLines || (text > 0 && text + line.message.length > mostText);
    if (more) break;
    read.push(line);
    text += line.message.length;
  }
  const items = read.map(lineOf);
  const begin = after ?? new Date(since ?? 0).toISOString();
  const next = (more ? items.at(-1)?.cursor : reached()) ?? begin;
  return { total: items.length, items, more, next_since: next };
}

async function* oneByOne(lines: AsyncIterable<readonly HostLogLine[]>): AsyncGenerator<HostLogLine> {
  for await (const batch of lines) yield* batch;
}

async function* told(lines: AsyncIterable<readonly HostLogLine[]>): AsyncGenerator<Told[]> {
  for await (const batch of lines) yield batch.map((line) => ({ id: line.cursor, value: lineOf(line) }));
}

async function* texts(
  lines: AsyncIterable<readonly HostLogLine[]>,
  { timestamps }: LogsQuery,
): AsyncGenerator<string> {
  const write = timestamps
    ? ({ at, message }: HostLogLine) => `${new Date(at).toISOString()} ${message}\n`
    : ({ message }: HostLogLine) => `${message}\n`;
  for await (const batch of lines) yield batch.map(write).join('');
}

const textHeaders = ({ download }: LogsQuery, name: string): Record<string, string> => ({
  ...streamHeaders,
  'content-type': 'text/plain; charset=utf-8',
  ...(download && { 'content-disposition': `attachment; filename="${name}.log"` }),
});
