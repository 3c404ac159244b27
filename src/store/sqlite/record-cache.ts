import { LRUCache } from 'lru-cache';
import type { TableName } from '../../core/ports/store.ts';

/**
 * Parsed records that are committed. Everything that touches it runs in one thread and without pause: reading a row
 * and remembering it, or committing and forgetting what changed, so a remembered record is never older than the
 * last commit.
 */
export class RecordCache {
  readonly #records: LRUCache<string, object>;
  readonly #commits = new Map<TableName, number>();
  #commitsOfAll = 0;

  /** `max`: how many records. */
  constructor(max: number) {
    this.#records = new LRUCache({ max });
  }

  get(key: string): object | undefined {
    return this.#records.get(key);
  }

  set(key: string, record: object): void {
    this.#records.set(key, record);
  }

  forget(changes: Changes): void {
    if (changes.all) {
      this.#records.clear();
      this.#commitsOfAll++;
      return;
    }
    for (const key of changes.keys) this.#records.delete(key);
    for (const table of changes.tables) this.#commits.set(table, (this.#commits.get(table) ?? 0) + 1);
  }

  /** How many commits have changed the table. */
  revision(table: TableName): number {
    return this.#commitsOfAll + (this.#commits.get(table) ?? 0);
  }
}

/** What the open transaction wrote, or tried to: of these the cache may not be asked or told until it commits. */
export class Changes {
  readonly keys = new Set<string>();
  readonly tables = new Set<TableName>();
  all = false;

  add(table: TableName, id: string): void {
    this.keys.add(recordKey(table, id));
    this.tables.add(table);
  }

  has(key: string): boolean {
    return this.all || this.keys.has(key);
  }
}

export function recordKey(table: TableName, id: string): string {
  return `${table}/${id}`;
}
