import type { SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';

/** Sessions from before count as nothing; they are over within three hours. */
export const sessionSizes: Migration = {
  id: 5,
  name: 'session-sizes',
  async up(schema: SchemaModule) {
    await schema.alterTable('sessions').addColumn('sizeKib', 'bigint').execute();
  },
};
