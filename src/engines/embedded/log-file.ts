/**
 * Output straight from the files that conmon writes: with its exact times, also while Podman is away, and without
 * Podman's polling.
 */
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostLogLine, HostLogQuery } from '../../core/ports/host-containers.ts';
import type { LineJoiner } from '../line-joiner.ts';
import { lastLines, placeAfter, selectionOf, type Selection } from '../log-selection.ts';
import { stampAt } from '../log-stamps.ts';
import { LogChanges } from './log-changes.ts';
import { LogReader } from './log-reader.ts';

export interface LogFile {
  path: string;
  /** Exists once the container has ended and all its output is written. */
  exitFile: string;
  /** Whether the container was running when the question came. */
  running: boolean;
}

/** Who writes much wakes us no more often than this. */
const pauseMs = 10;
const firstTailBytes = 64 * 1024;
/** Pieces of one line that lie further apart in the file are not looked for. */
const wideBytes = 4 * 1024 * 1024;
/** Lines a little before the time that is asked for are read as well: they may go on after it. */
const leadMs = 1000;

export async function* readLogFile(file: LogFile, query: HostLogQuery): AsyncGenerator<HostLogLine[]> {
  const reader = new LogReader(file.path);
  let changes: LogChanges | undefined;
  try {
    if (query.follow && file.running) changes = new LogChanges(file, query.signal);
    const selection = selectionOf(query);
    const { until = Infinity } = query;
    let over = await isOver(file);
    let joiner: LineJoiner;
    if (query.tail === undefined) joiner = await begin(reader, file, query);
    else {
      const last = await lastOf(reader, file, { query, selection, isOver: over });
      if (last.lines.length > 0) yield last.lines;
      if (over || !changes) return;
      joiner = last.joiner;
    }
    while (!query.signal?.aborted) {
      for await (const lines of reader.rest({ isBounded: changes === undefined, isOver: over })) {
        const selected = selection(lines);
        if (selected.length > 0) yield selected;
        if (joiner.isBeyond(until)) return;
      }
      if (over || !changes) return;
      await changes.next();
      await delay(pauseMs);
      // Asked before reading, so that nothing written before the end is missed.
      over = await isOver(file);
    }
  } finally {
    changes?.close();
    await reader.close();
  }
}

/** Podman writes the container's configuration anew before each run, and none of that run's output is older. */
async function runBegin({ path }: LogFile): Promise<string | undefined> {
  const written = await stat(join(dirname(path), 'config.json')).catch(() => undefined);
  return written && stampAt(written.mtimeMs).text;
}

/** Removed at once after its end, a container takes both files away before we can look. */
const isOver = async ({ running, exitFile, path }: LogFile): Promise<boolean> =>
  !running || (await exists(exitFile)) || !(await exists(path));

async function begin(reader: LogReader, file: LogFile, query: HostLogQuery): Promise<LineJoiner> {
  const after = placeAfter(query);
  const options = { after, runBegin: await runBegin(file) };
  if (after !== undefined) {
    const first = after.from ?? after.stamp;
    return reader.before((stamp) => stamp.text < first, options);
  }
  const { since } = query;
  if (since === undefined) return reader.fromStart(options);
  return reader.before((stamp) => stamp.at < since - leadMs, options);
}

interface Last {
  query: HostLogQuery;
  selection: Selection;
  isOver: boolean;
}

async function lastOf(
  reader: LogReader,
  file: LogFile,
  { query: { tail = 0, since }, selection, isOver }: Last,
): Promise<{ lines: HostLogLine[]; joiner: LineJoiner }> {
  const options = { runBegin: await runBegin(file) };
  return lastLines({ tail, since, selection }, async (attempt) => {
    const bytes = firstTailBytes * 4 ** attempt;
    const { joiner, isAll } = await reader.back(bytes, options);
    const lines = reader.rest({ isBounded: true, isOver });
    return { joiner, lines, isAll: () => isAll, isWide: bytes >= wideBytes };
  });
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
