import type { QueryExecutorProvider, SchemaModule } from 'kysely';

/** A numbered step of the schema, written so that it runs on every database. A released one is never changed. */
export interface Migration {
  id: number;
  name: string;
  /** `database` is for steps that also change records, in the step's own transaction. */
  up(schema: SchemaModule, database: QueryExecutorProvider): Promise<void>;
}
