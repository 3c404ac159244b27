/**
 * One signal of a deadline and of other signals. `AbortSignal.any` would not do: it holds what it was given weakly, so
 * that an `AbortSignal.timeout` which nobody else holds may be collected, and then never fires.
 */

/** More makes `setTimeout` fire at once. */
const longestMs = 2 ** 31 - 1;

export interface Deadline {
  signal: AbortSignal;
  /** Lets go of the timer and of the given signals: to be called when what had the deadline is through. */
  clear: () => void;
}

/** Aborts after `ms` milliseconds with a `TimeoutError`, or as soon as one of the signals does, with its reason. */
export function withDeadline(ms: number, signals: readonly (AbortSignal | undefined)[] = []): Deadline {
  const controller = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const abort = (reason: unknown) => {
    clear();
    controller.abort(reason);
  };
  const timeout = () => abort(new DOMException(`it took longer than ${ms} ms`, 'TimeoutError'));
  const timer = setTimeout(timeout, Math.min(Math.ceil(ms), longestMs)).unref();
  const follow = (event: Event) => abort((event.target as AbortSignal).reason);
  const clear = () => {
    clearTimeout(timer);
    for (const signal of given) signal.removeEventListener('abort', follow);
  };
  for (const signal of given) signal.addEventListener('abort', follow);
  const aborted = given.find((signal) => signal.aborted);
  if (aborted !== undefined) abort(aborted.reason);
  return { signal: controller.signal, clear };
}

/** Answers with what the work does, or throws the signal's reason as soon as it aborts; then the work goes on. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
