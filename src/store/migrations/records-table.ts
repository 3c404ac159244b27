import type { ColumnDataType, SchemaModule } from 'kysely';

export type Columns = Record<string, ColumnDataType>;
export interface Index {
  on: string[];
  /** Leaves out rows where this field is null or empty. */
  filled?: { field: string; type: 'text' | 'number' };
}

/** A table of records: `id`, the fields it is found by, and the record as JSON in `doc`. */
export async function createRecords(
  schema: SchemaModule,
  name: string,
  columns: Columns,
  indexes: Index[],
): Promise<void> {
  let table = schema.createTable(name).addColumn('id', 'text', (column) => column.primaryKey().notNull());
  for (const [column, type] of Object.entries(columns)) table = table.addColumn(column, type);
  // Last, so that reading a column never has to walk through the document.
  await table.addColumn('doc', 'text', (column) => column.notNull()).execute();
  for (const { on, filled } of indexes) {
    const index = schema
      .createIndex([name, ...on].join('_'))
      .on(name)
      .columns(on);
    if (filled === undefined) await index.execute();
    else if (filled.type === 'text') await index.where(filled.field, '<>', '').execute();
    else await index.where(filled.field, 'is not', null).execute();
  }
}
