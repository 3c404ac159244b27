/**
 * Every table in one place: the fields a record can be found by and the combinations that can be counted. Adapters
 * keep a record as `id`, one column per field here, and the whole record as JSON in `doc`; they refuse to search by
 * anything else, so that no question costs a walk through a table. The indexes themselves are in `migrations/`.
 */
import type { Records, TableName } from '../core/ports/store.ts';

export type FieldType = 'text' | 'number';

export interface TableDefinition {
  /** Flat fields of the record that become columns. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /**
   * Text fields that are mostly empty and whose indexes leave the empty ones out. A search for a value that is not
   * empty says so to the database, which needs it to choose such an index.
   */
  readonly sparse?: readonly string[];
  /**
   * That there is no record of an id is kept in memory too. For a table that is asked at every request for what is
   * mostly not there, and only for ids that nobody can make up: strange ones would push records out of memory.
   */
  readonly remembersAbsence?: true;
  /** Combinations of fields whose number of records `count` answers. */
  readonly counters?: readonly (readonly string[])[];
}

/** Ties a definition's field names to its record, so that a renamed field does not compile. */
function table<T extends TableName>(definition: {
  fields: { readonly [F in keyof Records[T] & string]?: FieldType };
  sparse?: readonly (keyof Records[T] & string)[];
  remembersAbsence?: true;
  counters?: readonly (readonly (keyof Records[T] & string)[])[];
}): TableDefinition {
  return definition as TableDefinition;
}

export const tables: Readonly<Record<TableName, TableDefinition>> = {
  clusters: table<'clusters'>({
    fields: { scope: 'text', status: 'text', inactiveAt: 'number' },
    counters: [['status']],
  }),
  taskFamilies: table<'taskFamilies'>({ fields: { scope: 'text', status: 'text', family: 'text' } }),
  taskDefinitions: table<'taskDefinitions'>({
    fields: { scope: 'text', family: 'text', status: 'text', sortKey: 'text', deleteRequestedAt: 'number' },
  }),
  tasks: table<'tasks'>({
    fields: {
      scope: 'text',
      shortId: 'text',
      clusterArn: 'text',
      taskDefinitionArn: 'text',
      family: 'text',
      group: 'text',
      startedBy: 'text',
      containerInstanceArn: 'text',
      serviceName: 'text',
      launchType: 'text',
      desiredStatus: 'text',
      lastStatus: 'text',
      phase: 'text',
      stoppedAt: 'number',
    },
    sparse: ['startedBy', 'containerInstanceArn', 'serviceName'],
    counters: [
      ['lastStatus'],
      ['clusterArn', 'lastStatus'],
      ['clusterArn', 'launchType', 'lastStatus'],
      ['containerInstanceArn', 'lastStatus'],
      ['taskDefinitionArn', 'phase'],
    ],
  }),
  containerInstances: table<'containerInstances'>({
    fields: { scope: 'text', clusterArn: 'text', status: 'text', hostId: 'text', inactiveAt: 'number' },
    counters: [['status'], ['clusterArn', 'status']],
  }),
  hosts: table<'hosts'>({ fields: {} }),
  hostPorts: table<'hostPorts'>({ fields: { hostId: 'text', taskArn: 'text' } }),
  clientTokens: table<'clientTokens'>({ fields: { createdAt: 'number' } }),
  credentials: table<'credentials'>({
    fields: { kind: 'text', subject: 'text', account: 'text', forgetAt: 'number' },
  }),
  users: table<'users'>({ fields: { kind: 'text', account: 'text' } }),
  revokedTokens: table<'revokedTokens'>({ fields: { expiresAt: 'number' }, remembersAbsence: true }),
  registries: table<'registries'>({ fields: { account: 'text', address: 'text' }, counters: [['account']] }),
  functions: table<'functions'>({
    fields: { account: 'text', language: 'text', languageTitle: 'text' },
    counters: [['account'], ['account', 'language']],
  }),
  functionVersions: table<'functionVersions'>({
    fields: { functionId: 'text', version: 'number' },
    counters: [['functionId']],
  }),
  sessions: table<'sessions'>({
    fields: { owner: 'text', expiresAt: 'number', sizeKib: 'number' },
    counters: [['owner'], ['owner', 'sizeKib']],
  }),
  executionLogs: table<'executionLogs'>({ fields: { functionId: 'text', sequence: 'number' } }),
  installedSamples: table<'installedSamples'>({ fields: {} }),
};

export const tableNames = Object.keys(tables) as readonly TableName[];
