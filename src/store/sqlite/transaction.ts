import type { TableName, Transaction } from '../../core/ports/store.ts';
import type { EventRecord } from '../../core/records.ts';
import { tableNames } from '../tables.ts';
import type { Session } from './session.ts';
import { SqliteReadTable, SqliteWriteTable } from './table.ts';

/** A transaction's tables over `session`. `emitted` is called with every event that was written. */
export function transactionOver(
  session: Session,
  nextSequence: () => number,
  emitted: (event: EventRecord) => void,
): Transaction {
  const emit = async (event: Omit<EventRecord, 'sequence'>) => {
    session.run(() => {
      const sequence = nextSequence();
      const { at, resource, subject, action, detail } = event;
      session.connection
        .prepare(
          'INSERT INTO "events" ("sequence", "at", "resource", "subject", "action", "detail") VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(sequence, at, resource, subject, action, JSON.stringify(detail));
      setMeta(session, 'lastSequence', sequence);
      emitted({ sequence, at, resource, subject, action, detail });
    });
  };
  return { ...tablesOver((name) => new SqliteWriteTable(name, session)), emit } as Transaction;
}

export function readerOver<R>(session: Session): R {
  return tablesOver((name) => new SqliteReadTable(name, session)) as R;
}

export function setMeta(session: Session, name: string, value: number): void {
  session.connection
    .prepare(
      'INSERT INTO "meta" ("name", "value") VALUES (?, ?) ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value"',
    )
    .run(name, value);
}

function tablesOver(make: (name: TableName) => unknown): Record<string, unknown> {
  return Object.fromEntries(tableNames.map((name) => [name, make(name)]));
}
