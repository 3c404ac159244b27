import type { SchemaModule } from 'kysely';
import type { Migration } from './migration.ts';
import { createRecords } from './records-table.ts';

export const functions: Migration = {
  id: 4,
  name: 'functions',
  async up(schema: SchemaModule) {
    await createRecords(schema, 'functions', { account: 'text', language: 'text', languageTitle: 'text' }, [
      { on: ['account', 'languageTitle'] },
      { on: ['account', 'language', 'languageTitle'] },
    ]);
    await createRecords(schema, 'functionVersions', { functionId: 'text', version: 'bigint' }, [
      { on: ['functionId', 'version'] },
    ]);
    await createRecords(schema, 'sessions', { owner: 'text', expiresAt: 'bigint' }, [
      { on: ['expiresAt', 'id'] },
    ]);
    await createRecords(schema, 'executionLogs', { functionId: 'text', sequence: 'bigint' }, [
      { on: ['functionId', 'sequence'] },
    ]);
    await createRecords(schema, 'installedSamples', {}, []);
  },
};
