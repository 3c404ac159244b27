import type { SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';
import { createRecords } from './records-table.ts';

export const credentials: Migration = {
  id: 2,
  name: 'credentials',
  async up(schema: SchemaModule) {
    await createRecords(
      schema,
      'credentials',
      { kind: 'text', subject: 'text', account: 'text', forgetAt: 'bigint' },
      [
        { on: ['kind', 'id'] },
        { on: ['subject', 'id'] },
        { on: ['account', 'id'] },
        { on: ['forgetAt', 'id'], filled: { field: 'forgetAt', type: 'number' } },
      ],
    );
    await createRecords(schema, 'users', { kind: 'text', account: 'text' }, [
      { on: ['kind', 'id'] },
      { on: ['kind', 'account', 'id'] },
    ]);
    await createRecords(schema, 'revokedTokens', { expiresAt: 'bigint' }, [{ on: ['expiresAt', 'id'] }]);
  },
};
