/** Streams of this face: one JSON text per line (NDJSON), or server-sent events (WHATWG HTML, 9.2). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendStream } from '../streams.ts';
import { errorBody } from './errors.ts';
import type { ContainersFaceOptions } from './options.ts';

export const ndjson = 'application/x-ndjson';
const eventStream = 'text/event-stream';

export type StreamForm = 'ndjson' | 'events';

export interface Told {
  value: unknown;
  /** With which a client of server-sent events comes back. */
  id?: string;
  /** What kind it is, where there are several. */
  event?: string;
}

/** What the client accepts, undefined where it asks for no stream. */
export function streamFormOf({ headers }: FastifyRequest): StreamForm | undefined {
  const accept = headers.accept ?? '';
  if (accept.includes(eventStream)) return 'events';
  return accept.includes(ndjson) ? 'ndjson' : undefined;
}

/** The id that a client of server-sent events had last, where it comes back. */
export function lastEventId({ headers }: FastifyRequest): string | undefined {
  const last = headers['last-event-id'];
  return typeof last === 'string' && last !== '' && last.length <= 256 ? last : undefined;
}

export interface Telling {
  /** One by one, or as many at a time as there are. */
  items: AsyncIterable<Told | readonly Told[]>;
  form: StreamForm;
  signal: AbortSignal;
  request: FastifyRequest;
  reply: FastifyReply;
  options: Pick<ContainersFaceOptions, 'clock' | 'log'>;
}

export async function tell(telling: Telling): Promise<void> {
  const { form, reply, options } = telling;
  const pulse = form === 'events' ? { text: ': still here\n\n', clock: options.clock } : undefined;
  await sendStream(reply, headersOf(form), chunksOf(telling), pulse);
}

/** As an answer like any other, which the audit log records; its head goes with the first of `items`. */
export async function tellRecorded(telling: Telling): Promise<void> {
  const { form, reply } = telling;
  await reply.headers(headersOf(form)).send(Readable.from(chunksOf(telling)));
}

const headersOf = (form: StreamForm) => ({
  ...streamHeaders,
  'content-type': form === 'events' ? eventStream : ndjson,
});

export const streamHeaders = {
  'cache-control': 'no-store',
  // nginx keeps streams back otherwise.
  'x-accel-buffering': 'no',
};

/** What fails once it has begun is told as the last thing. */
async function* chunksOf(telling: Telling): AsyncGenerator<string> {
  const { items, form, signal, request, reply, options } = telling;
  const write = form === 'events' ? writeEvent : writeLine;
  const failure = (error: unknown) =>
    write({ event: 'error', value: { error: errorBody(error, request.id) } });
  try {
    for await (const told of items)
      yield Array.isArray(told) ? told.map(write).join('') : write(told as Told);
    if (isRefusal(signal) && !reply.raw.destroyed) yield failure(signal.reason);
  } catch (error) {
    if (reply.raw.destroyed) return;
    if (isRefusal(signal)) return void (yield failure(signal.reason));
    if (signal.aborted) return;
    options.log.error({ err: error, requestId: request.id }, 'a stream ended early');
    yield failure(error);
  }
}

/** Whether it was ended because the caller may no longer, and not with the server. */
const isRefusal = (signal: AbortSignal): boolean =>
  signal.reason instanceof Error && signal.reason.name !== 'AbortError';

const writeLine = ({ value }: Told): string => `${JSON.stringify(value)}\n`;

function writeEvent({ value, id, event }: Told): string {
  const head = (id === undefined ? '' : `id: ${id}\n`) + (event === undefined ? '' : `event: ${event}\n`);
  return `${head}data: ${JSON.stringify(value)}\n\n`;
}
