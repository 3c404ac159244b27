/**
 * Pulls, pushes and what else takes long: waited for, watched as a stream whose last line is the answer, or left to run as a job
 * (`Prefer: respond-async`, RFC 7240).
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { progressKey, type Job, type JobProgress, type JobResult } from '../../core/containers/jobs.ts';
import type { Principal } from '../../core/principal.ts';
import type { OpenStreams } from '../streams.ts';
import { errorBody } from './errors.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { streamFormOf, tellRecorded, type Told } from './telling.ts';
import { enveloped, timeOf, type Envelope } from './views.ts';

export interface Transfer {
  kind: Job['kind'];
  target: string;
  /** Answers `data` of the envelope. */
  run: (options: TransferWork) => Promise<JobResult>;
}

export interface TransferWork {
  onProgress?: ((progress: JobProgress) => void) | undefined;
  signal: AbortSignal;
}

/** Ends with the client, unless it is a job. Undefined where the answer has been written. */
export async function answerTransfer(
  transfer: Transfer,
  request: FastifyRequest,
  reply: FastifyReply,
  { options, streams }: { options: ContainersFaceOptions; streams: OpenStreams },
): Promise<Envelope<object> | Accepted | undefined> {
  if (isAsync(request)) return begun(transfer, request, reply, options);
  const gone = streams.begin(request, reply);
  if (gone === undefined) {
    reply.hijack();
    return undefined;
  }
  const { signal } = gone;
  const form = streamFormOf(request);
  const run = async (work: TransferWork) => (await transfer.run(work))(request.principal);
  if (form === undefined) return enveloped(await run({ signal }));
  const items = new Progress();
  items.endWith(run({ signal, onProgress: (progress) => items.add(progress) }));
  // Until it has begun, what is wrong has a status of its own.
  await items.begun();
  await tellRecorded({ items, form, signal, request, reply, options });
  return undefined;
}

interface Accepted {
  code: 202;
  message: 'accepted';
  data: object;
}

const isAsync = ({ headers }: FastifyRequest): boolean =>
  /(?:^|,)\s*respond-async\s*(?:[,;]|$)/i.test([headers['prefer'] ?? ''].flat().join(','));

function begun(
  { kind, target, run }: Transfer,
  { principal }: FastifyRequest,
  reply: FastifyReply,
  { core }: ContainersFaceOptions,
): Accepted {
  const job = core.jobs.begin(principal, {
    kind,
    target,
    run: (onProgress, signal) => run({ onProgress, signal }),
  });
  void reply
    .code(202)
    .header('location', `${prefix}/jobs/${job.id}`)
    .header('preference-applied', 'respond-async');
  return { code: 202, message: 'accepted', data: jobOf(job, principal) };
}

/** Of one that was ended, that is all there is to say: its work only tells that it was. */
export function jobOf(job: Job, reader: Principal) {
  const hasFailed = job.state === 'failed';
  return {
    id: job.id,
    kind: job.kind,
    target: job.target,
    status: job.state,
    created_at: timeOf(job.createdAt),
    finished_at: job.finishedAt === undefined ? null : timeOf(job.finishedAt),
    progress: [...job.progress.values()].map(progressOf),
    result: job.result?.(reader) ?? null,
    error: hasFailed ? errorBody(job.error, job.id) : null,
  };
}

const progressOf = ({ status, layer, currentBytes, totalBytes, step }: JobProgress) => ({
  ...(step !== undefined && { step }),
  status,
  layer: layer ?? null,
  current_bytes: currentBytes ?? null,
  total_bytes: totalBytes ?? null,
});

/** What was reported and not yet told: of each layer the last, so that a slow reader costs nothing. */
class Progress implements AsyncIterable<Told> {
  readonly #waiting = new Map<string, JobProgress>();
  #end: Promise<object> | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  add(progress: JobProgress): void {
    this.#waiting.set(progressKey(progress), progress);
    this.#wake();
  }

  endWith(work: Promise<object>): void {
    this.#end = work;
    const ended = () => {
      this.#ended = true;
      this.#wake();
    };
    work.then(ended, ended);
  }

  /** Rejects with what the work threw before it reported anything. */
  async begun(): Promise<void> {
    await this.#something();
    if (this.#waiting.size === 0) await this.#end;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Told> {
    while (true) {
      await this.#something();
      const batch = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const progress of batch) yield { event: 'progress', value: progressOf(progress) };
      if (this.#ended && this.#waiting.size === 0) break;
    }
    yield { event: 'result', value: enveloped((await this.#end)!) };
  }

  async #something(): Promise<void> {
    if (this.#waiting.size > 0 || this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
