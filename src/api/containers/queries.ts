/** Queries of the containers face, each with everything that is wrong with it at once. */
import type { Force } from '../../core/containers/lifecycle.ts';
import { levelNamed, levels, type Level } from '../../core/containers/log-level.ts';
import type { LogRequest } from '../../core/containers/logs.ts';
import { Problems } from '../../core/containers/problems.ts';
import type { ContainerQuery, ContainerState, StopOptions } from '../../core/ports/host-containers.ts';
import type { ImageQuery } from '../../core/ports/host-images.ts';
import { placeOf } from '../../core/ports/log-place.ts';
import type { PageQuery } from '../../core/ports/page.ts';
import { signalForm } from './creation-body.ts';
import { Members } from './members.ts';
import { momentOf } from './moments.ts';

export const states = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const aliases: Record<string, readonly ContainerState[]> = {
  stopped: ['exited', 'created', 'dead'],
  all: states,
};

/** Reads all of a query, then refuses it where anything in it was wrong. */
export function readQuery<T>(source: unknown, read: (query: Members) => T): T {
  const problems = new Problems();
  const result = read(new Members(source ?? {}, { problems, fromText: true }));
  problems.refuse();
  return result;
}

/** Reads all of a body as above. One that was not sent has no members. */
export function readBody<T>(source: unknown, read: (body: Members) => T): T {
  const problems = new Problems();
  const result = read(new Members(source ?? {}, { problems }));
  problems.refuse();
  return result;
}

export function pageQuery(query: Members): PageQuery {
  return {
    limit: query.integer('limit', 1, 1000),
    offset: query.integer('offset', 0, Number.MAX_SAFE_INTEGER),
  };
}

export function containerQuery(query: Members): ContainerQuery {
  query.only('status', 'limit', 'offset', 'name', 'label', 'image', 'q', 'sort');
  return {
    ...pageQuery(query),
    states: readStates(query),
    name: query.text('name'),
    labels: query.texts('label'),
    image: query.text('image'),
    search: query.text('q'),
    sort: readSort(query),
  };
}

function readStates(query: Members): ContainerState[] | undefined {
  const given = query.texts('status');
  if (given === undefined) return undefined;
  const wanted = given.flatMap((each) => each.split(',')).map((each) => each.trim().toLowerCase());
  const unknown = wanted.filter(
    (each) => !Object.hasOwn(aliases, each) && !states.includes(each as ContainerState),
  );
  if (unknown.length > 0) {
    const choices = [...states, ...Object.keys(aliases)].join(', ');
    return query.refuse('status', `'${unknown[0]!.slice(0, 40)}' is no status; there are ${choices}.`);
  }
  return [...new Set(wanted.flatMap((each) => aliases[each] ?? (each as ContainerState)))];
}

const sortKeys = ['created', 'name', 'status', 'image'] as const;

/** `name`, or `-created` for the other way round. */
function readSort(query: Members): ContainerQuery['sort'] {
  const given = query.text('sort');
  if (given === undefined) return undefined;
  const descending = given.startsWith('-');
  const key = sortKeys.find((each) => each === given.replace(/^-/, '').replace(/^created_at$/, 'created'));
  if (key === undefined)
    return query.refuse('sort', `must be one of ${sortKeys.join(', ')}, or -<one> for descending.`);
  return { by: key === 'status' ? 'state' : key, descending };
}

export function imageQuery(query: Members): ImageQuery {
  query.only('limit', 'offset', 'dangling', 'name', 'q', 'label');
  return {
    ...pageQuery(query),
    dangling: query.flag('dangling'),
    reference: query.text('name'),
    search: query.text('q'),
    labels: query.texts('label'),
  };
}

/** Of what asks for nothing else. */
export function forceQuery(query: Members): Force {
  query.only('force');
  return { force: query.flag('force') };
}

export function stopQuery(query: Members): StopOptions & Force {
  query.only('timeout', 'signal', 'force');
  return {
    timeoutSeconds: query.integer('timeout', 0, 86_400),
    signal: query.text('signal', signalForm),
    force: query.flag('force'),
  };
}

export interface LogsQuery extends LogRequest {
  format: 'json' | 'text' | undefined;
  timestamps: boolean;
  download: boolean;
}

export const usualTail = 100;
/** Of one answer. */
export const mostLines = 10_000;
/** Of the text in one, in characters: a line alone may have a million. */
export const mostText = 16 * 1024 * 1024;

export function logsQuery(query: Members, now: number): LogsQuery {
  query.only(
    ...['tail', 'since', 'until', 'follow', 'stdout', 'stderr', 'level', 'search', 'format', 'timestamps'],
    'download',
  );
  const tail = query.value('tail') === 'all' ? ('all' as const) : query.integer('tail', 0, mostLines);
  const begin = readBegin(query, now);
  const until = readMoment(query, 'until', now);
  const { since } = begin;
  if (since !== undefined && until !== undefined && until < since) query.refuse('until', 'is before since.');
  if (begin.after !== undefined && tail !== undefined && tail !== 'all') {
    query.refuse('tail', 'does not go together with since where that is the next_since of an answer.');
  }
  return {
    ...begin,
    tail: tail === 'all' ? undefined : (tail ?? (query.value('since') === undefined ? usualTail : undefined)),
    until,
    follow: query.flag('follow') ?? false,
    streams: readStreams(query),
    levels: readLevels(query),
    search: query.text('search', { most: 1024 }),
    format: query.choice('format', ['json', 'text']),
    timestamps: query.flag('timestamps') ?? false,
    download: query.flag('download') ?? false,
  };
}

/** A time, or the place that an answer has told as `next_since`. */
function readBegin(query: Members, now: number): Pick<LogsQuery, 'since' | 'after'> {
  const given = query.value('since');
  if (typeof given === 'string' && placeOf(given)) return { after: given };
  return { since: readMoment(query, 'since', now) };
}

function readLevels(query: Members): Level[] | undefined {
  const given = query.texts('level');
  if (given === undefined) return undefined;
  return given
    .flatMap((each) => each.split(','))
    .flatMap((each) => {
      const name = each.trim().toLowerCase();
      const level = name === 'unknown' ? name : levelNamed(name);
      if (level === undefined)
        query.refuse('level', `'${name.slice(0, 40)}' is no level; there are ${levels.join(', ')}.`);
      return level ?? [];
    });
}

export function readMoment(query: Members, name: string, now: number): number | undefined {
  const text = query.text(name, { most: 64 });
  if (text === undefined) return undefined;
  return (
    momentOf(text, now) ??
    query.refuse(
      name,
      'must be a time such as 2025-04-17T14:30:00Z, seconds since 1970, or how long ago: 10m.',
    )
  );
}

function readStreams(query: Members): ('stdout' | 'stderr')[] | undefined {
  const wanted = { stdout: query.flag('stdout'), stderr: query.flag('stderr') };
  const asked = wanted.stdout === true || wanted.stderr === true;
  const streams = (['stdout', 'stderr'] as const).filter((name) => wanted[name] ?? !asked);
  if (streams.length === 0) query.refuse('stdout', 'or stderr must be true.');
  return streams.length === 2 ? undefined : streams;
}
