import type { SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';
import { createRecords } from './records-table.ts';

export const registries: Migration = {
  id: 6,
  name: 'registries',
  async up(schema: SchemaModule) {
    await createRecords(schema, 'registries', { account: 'text', address: 'text' }, [
      { on: ['account', 'address', 'id'] },
    ]);
  },
};
