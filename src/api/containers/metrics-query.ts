/** What a query of metrics asks for: what is used now, what was before, or a stream of what will be. */
import { windowOf, type Window } from '../../core/containers/history.ts';
import type { Members } from './members.ts';
import { durationOf } from './moments.ts';

export interface MetricsQuery {
  /** Milliseconds between two values. Absent: no stream. */
  intervalMs: number | undefined;
  /** Absent: only what is used now. */
  window: Window | undefined;
}

const mostIntervalMs = 60_000;

/** `leastIntervalMs`: as often as there is anything new to tell. */
export function metricsQuery(query: Members, now: number, leastIntervalMs: number): MetricsQuery {
  query.only('stream', 'interval', 'range', 'step');
  const isStream = query.flag('stream') ?? false;
  const [interval, rangeMs, stepMs] = ['interval', 'range', 'step'].map((name) => readDuration(query, name));
  for (const name of isStream ? ['range', 'step'] : ['interval']) {
    const reason = isStream ? 'goes not together with stream.' : 'is for stream=true only.';
    if (query.value(name) !== undefined) query.refuse(name, reason);
  }
  if (isStream) return { intervalMs: bounded(query, interval, leastIntervalMs), window: undefined };
  const given = ['range', 'step'].filter((name) => query.value(name) !== undefined).length;
  const read = [rangeMs, stepMs].filter((each) => each !== undefined).length;
  // What could not be read has been refused; with what is usual in its place, another reason would mislead.
  const isReadable = given > 0 && given === read;
  const window = isReadable ? windowOf({ rangeMs, stepMs }, now, query.problems) : undefined;
  return { intervalMs: undefined, window };
}

function bounded(query: Members, interval: number | undefined, least: number): number {
  if (interval === undefined) return least;
  if (interval >= least && interval <= mostIntervalMs) return interval;
  query.refuse('interval', `must be from ${least / 1000}s to ${mostIntervalMs / 1000}s.`);
  return least;
}

function readDuration(query: Members, name: string): number | undefined {
  const text = query.text(name, { most: 64 });
  if (text === undefined) return undefined;
  return durationOf(text) ?? query.refuse(name, 'must be a length of time, such as 15s, 10m, 1h30m or 7d.');
}
