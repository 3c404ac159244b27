import { LRUCache } from 'lru-cache';
import type { TableName } from '../../core/ports/store.ts';

/**
 * Parsed records that are committed. Everything that touches it runs in one thread and without pause: reading a row
 * and remembering it, or committing and forgetting what changed, so a remembered record is never older than the
 * last commit.
 */
export class RecordCache {
  readonly #records: LRUCache<string, object>;

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
    if (changes.all) this.#records.clear();
    else for (const key of changes.keys) this.#records.delete(key);
  }
}

/** What the open transaction wrote, or tried to: of these the cache may not be asked or told until it commits. */
export class Changes {
  readonly keys = new Set<string>();
  all = false;

  has(key: string): boolean {
    return this.all || this.keys.has(key);
  }
}

export function recordKey(table: TableName, id: string): string {
  return `${table}/${id}`;
}
