/** The audit log in files: JSON lines, one write for the entries of one turn of the event loop. */
import { chmodSync, mkdirSync } from 'node:fs';
import type { AuditEntry, AuditLog } from '../../core/ports/audit.ts';
import type { Log } from '../../telemetry/log.ts';
import { Journal } from './journal.ts';
import { journalNames, readAudit } from './read-audit.ts';

export interface AuditLogOptions {
  /** Made where it is absent, for this user only. */
  directory: string;
  log: Log;
  /** Bytes; 16 MiB unless told. */
  maxFileBytes?: number;
  /** Of callers who could be named; 8 unless told. Beside them 2 of all others. */
  maxFiles?: number;
}

const outsiderFiles = 2;

/** Throws where the directory cannot be used. */
export function openAuditLog(options: AuditLogOptions): AuditLog {
  return new FileAuditLog(options);
}

class FileAuditLog implements AuditLog {
  readonly #directory: string;
  readonly #log: Log;
  readonly #journals: readonly Journal[];
  /** Lines by journal. */
  readonly #waiting: string[] = ['', ''];
  #written: (() => void)[] = [];
  readonly #failing = new Set<Journal>();
  #lost = 0;
  #problem: string | undefined;

  constructor({ directory, log, maxFileBytes = 16 * 1024 * 1024, maxFiles = 8 }: AuditLogOptions) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    this.#directory = directory;
    this.#log = log;
    const files = [maxFiles, outsiderFiles];
    this.#journals = journalNames.map(
      (name, index) => new Journal({ directory, name, maxFileBytes, maxFiles: files[index]! }),
    );
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  append(entry: AuditEntry, written: () => void): void {
    const isOutsider = entry.kind === 'unknown' || entry.kind === 'anonymous';
    this.#waiting[isOutsider ? 1 : 0] += `${JSON.stringify(entry)}\n`;
    // Those answered in this turn of the event loop share one write.
    if (this.#written.push(written) === 1) setImmediate(() => this.#flush());
  }

  read = (query: Parameters<AuditLog['read']>[0]) => readAudit(this.#directory, query);

  async close(): Promise<void> {
    this.#flush();
    for (const journal of this.#journals) journal.close();
  }

  #flush(): void {
    const written = this.#written;
    if (written.length === 0) return;
    this.#written = [];
    this.#journals.forEach((journal, index) => {
      const lines = this.#waiting[index]!;
      if (lines === '') return;
      this.#waiting[index] = '';
      try {
        journal.append(lines);
        this.#succeeded(journal);
      } catch (error) {
        this.#failed(journal, lines, error);
      }
    });
    for (const call of written) call();
  }

  #failed(journal: Journal, lines: string, error: unknown): void {
    this.#lost += lines.split('\n').length - 1;
    this.#failing.add(journal);
    if (this.#problem !== undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#problem = `The audit log cannot be written (${reason}). Calls go on unrecorded: free space in ${this.#directory}.`;
    this.#log.error({ err: error, directory: this.#directory }, this.#problem);
  }

  /** A nearly full disk may take a line of one journal and none of the other. */
  #succeeded(journal: Journal): void {
    if (!this.#failing.delete(journal) || this.#failing.size > 0) return;
    this.#log.warn({ lostEntries: this.#lost }, 'the audit log is written again');
    this.#problem = undefined;
    this.#lost = 0;
  }
}
