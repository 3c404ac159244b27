import type { SchemaModule } from 'kysely';

/** A numbered step of the schema, written so that it runs on every database. A released one is never changed. */
export interface Migration {
  id: number;
  name: string;
  up(schema: SchemaModule): Promise<void>;
}
