/** The output of tasks whose containers are gone: a directory for each task, a file for each container. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine, LogQuery, LogStore } from '../../core/ports/logs.ts';
import { CappedWriter } from './capped-writer.ts';
import { encodeLine, findTail, openIfPresent, readForwards, type Matches } from './log-file.ts';

export interface LogStoreOptions {
  /** Made where it is absent, for this user only. */
  directory: string;
  /** What is kept of one container; older output goes first. */
  maxBytesPerContainer: number;
}

/** Opens the store and removes what a crash left half written. One process at a time may use a directory. */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const unfinished = join(options.directory, 'unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const taskDirectory = (taskId: string) => join(options.directory, 'tasks', safeName(taskId));
  const logPath = (taskId: string, container: string) =>
    join(taskDirectory(taskId), `${safeName(container)}.log`);

  return {
    async archive(taskId, container, lines) {
      const writer = await CappedWriter.create(join(unfinished, randomUUID()), options.maxBytesPerContainer);
      try {
        for await (const line of lines) await writer.write(encodeLine(line));
        await mkdir(taskDirectory(taskId), { recursive: true, mode: 0o700 });
        await writer.finish(logPath(taskId, container));
      } catch (error) {
        await writer.discard();
        throw error;
      }
    },

    async read(taskId, container, query) {
      const path = logPath(taskId, container);
      const isThere = await stat(path).catch(ignoreAbsent);
      return isThere && readLog(path, query);
    },

    async remove(taskId) {
      await rm(taskDirectory(taskId), { recursive: true, force: true });
    },

    async clear() {
      await rm(join(options.directory, 'tasks'), { recursive: true, force: true });
    },
  };
}

async function* readLog(path: string, query: LogQuery): AsyncGenerator<LogLine> {
  const { since = -Infinity, until = Infinity, tail, signal } = query;
  const matches: Matches = (line) => line.at >= since && line.at < until;
  const file = await openIfPresent(path);
  if (!file) return;
  try {
    const start = tail === undefined ? 0 : await findTail(file, tail, matches);
    yield* readForwards(file, start, matches, signal);
  } finally {
    await file.close();
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** A file name of its own for any text: what can be read of it, and a digest that makes it unique. */
function safeName(text: string): string {
  const readable = text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(-64);
  return `${readable}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
