/**
 * What executions leave behind: counts of sessions and log entries of functions. Written together a moment later, so
 * that an execution costs no write of its own; a kill of the server loses that moment of them and nothing else.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import type { Store, Transaction } from '../ports/store.ts';
import type { ExecutionLogRecord } from './records.ts';

export interface ActivityOptions {
  store: Store;
  clock: Clock;
  onError: (error: unknown) => void;
}

export interface LogEntry extends Omit<ExecutionLogRecord, 'id' | 'sequence'> {
  /** Of the version that ran. Where it is gone, so may be the function: another one may have its id. */
  versionId: string;
}

interface Executions {
  count: number;
  lastAt: number;
}

interface Unwritten {
  executions: Map<string, Executions>;
  logs: Map<string, LogEntry[]>;
}

/** Log entries that are kept of each function. */
export const keptLogs = 200;
const delayMs = 1000;
/** Everybody waits while a commit is worked out: many small ones let others in between. */
const perCommit = 25;

export class Activity {
  readonly #options: ActivityOptions;
  #unwritten: Unwritten = { executions: new Map(), logs: new Map() };
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ActivityOptions) {
    this.#options = options;
  }

  /** `session`: id of its record. */
  executed(session: string, at: number): void {
    const { executions } = this.#unwritten;
    const known = executions.get(session);
    if (known === undefined) executions.set(session, { count: 1, lastAt: at });
    else {
      known.count++;
      known.lastAt = Math.max(known.lastAt, at);
    }
    this.#writeLater();
  }

  logged(entry: LogEntry): void {
    const { logs } = this.#unwritten;
    const entries = logs.get(entry.functionId) ?? [];
    entries.push(entry);
    if (entries.length > keptLogs) entries.shift();
    logs.set(entry.functionId, entries);
    this.#writeLater();
  }

  /** Resolves when everything up to now is in the store. Throws what the store throws; nothing is lost then. */
  flush(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Of a store that was emptied: what is not written yet is of nobody. */
  async clear(): Promise<void> {
    await this.#writing;
    this.#unwritten = { executions: new Map(), logs: new Map() };
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.flush();
  }

  #writeLater(): void {
    this.#timer ??= this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.flush().catch(this.#options.onError);
    });
  }

  async #write(): Promise<void> {
    const taken = this.#unwritten;
    if (taken.executions.size === 0 && taken.logs.size === 0) return;
    this.#unwritten = { executions: new Map(), logs: new Map() };
    const sessions = [...taken.executions];
    try {
      while (sessions.length > 0) {
        const some = sessions.slice(0, perCommit);
        await this.#options.store.transact((tx) => countExecutions(tx, some));
        for (const [id] of sessions.splice(0, perCommit)) taken.executions.delete(id);
      }
      for (const [functionId, entries] of taken.logs) {
        while (entries.length > 0) {
          const some = entries.slice(0, perCommit);
          await this.#options.store.transact((tx) => appendLogs(tx, functionId, some));
          entries.splice(0, perCommit);
        }
        taken.logs.delete(functionId);
      }
    } catch (error) {
      this.#putBack(taken);
      throw error;
    }
  }

  #putBack({ executions, logs }: Unwritten): void {
    const since = this.#unwritten;
    for (const [id, { count, lastAt }] of executions) {
      const later = since.executions.get(id);
      since.executions.set(id, { count: count + (later?.count ?? 0), lastAt: later?.lastAt ?? lastAt });
    }
    for (const [id, entries] of logs) {
      since.logs.set(id, [...entries, ...(since.logs.get(id) ?? [])].slice(-keptLogs));
    }
    this.#writeLater();
  }
}

async function countExecutions(
  tx: Transaction,
  executions: readonly (readonly [id: string, executions: Executions])[],
): Promise<void> {
  for (const [id, { count, lastAt }] of executions) {
    const session = await tx.sessions.get(id);
    if (session === undefined) continue;
    const executionCount = session.executionCount + count;
    await tx.sessions.put({ ...session, executionCount, lastExecutedAt: lastAt });
  }
}

/** A ring: an entry takes the place of the one that came so many before it. */
async function appendLogs(tx: Transaction, functionId: string, entries: readonly LogEntry[]): Promise<void> {
  const [newest] = await tx.executionLogs.find({
    where: { functionId },
    orderBy: 'sequence',
    descending: true,
    limit: 1,
  });
  let sequence = newest?.sequence ?? 0;
  for (const { versionId, ...entry } of entries) {
    if ((await tx.functionVersions.get(versionId)) === undefined) continue;
    sequence++;
    await tx.executionLogs.put({ ...entry, id: `${functionId}/${sequence % keptLogs}`, sequence });
  }
}
