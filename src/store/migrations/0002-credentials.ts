import type { SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';
import { createRecords } from './records-table.ts';

export const credentials: Migration = {
  id: 2,
  name: 'credentials',
  async up(schema: SchemaModule) {
    await createRecords(schema, 'credentials', { kind: 'text', subject: 'text' }, [
      { on: ['kind', 'id'] },
      { on: ['subject', 'id'] },
    ]);
    await createRecords(schema, 'users', { kind: 'text' }, [{ on: ['kind', 'id'] }]);
    await createRecords(schema, 'revokedTokens', { expiresAt: 'bigint' }, [{ on: ['expiresAt', 'id'] }]);
  },
};
