/**
 * The store is the truth for what is wanted and what was acknowledged. A write is acknowledged when it is durable:
 * `transact` resolves after the commit has reached the disk. Adapters commit many transactions together.
 */
import type {
  ClientTokenRecord,
  ClusterRecord,
  ContainerInstanceRecord,
  CredentialRecord,
  EventRecord,
  HostPortRecord,
  HostRecord,
  RevokedTokenRecord,
  TaskDefinitionRecord,
  TaskFamilyRecord,
  TaskRecord,
  UserRecord,
} from '../records.ts';
import type {
  ExecutionLogRecord,
  FunctionRecord,
  FunctionVersionRecord,
  InstalledSampleRecord,
  SessionRecord,
} from '../functions/records.ts';

/** Every table and its record. To add one: a line here, an entry in `store/tables.ts`, a migration. */
export interface Records {
  clusters: ClusterRecord;
  taskFamilies: TaskFamilyRecord;
  taskDefinitions: TaskDefinitionRecord;
  tasks: TaskRecord;
  containerInstances: ContainerInstanceRecord;
  hosts: HostRecord;
  hostPorts: HostPortRecord;
  clientTokens: ClientTokenRecord;
  credentials: CredentialRecord;
  users: UserRecord;
  revokedTokens: RevokedTokenRecord;
  functions: FunctionRecord;
  functionVersions: FunctionVersionRecord;
  sessions: SessionRecord;
  executionLogs: ExecutionLogRecord;
  installedSamples: InstalledSampleRecord;
}
export type TableName = keyof Records;

export type Scalar = string | number;

/**
 * `where` compares indexed fields for equality (an array: any of them). Results come in the order of `orderBy`
 * (default `id`), a field whose values are unique within the result. `after` is exclusive and pages through it:
 * the order field's value of the last record seen.
 */
export interface Query {
  where?: Record<string, Scalar | readonly Scalar[]>;
  prefix?: { field: string; value: string };
  /** Strictly below, for expiry. */
  below?: { field: string; value: number };
  orderBy?: string;
  descending?: boolean;
  after?: Scalar;
  limit: number;
}

export interface ReadTable<R> {
  get(id: string): Promise<R | undefined>;
  /** What `get` would answer, where that is known without waiting; null: there is none. Undefined says nothing. */
  known(id: string): R | null | undefined;
  /**
   * Another number, and a higher one, once a commit has changed the table: what was made of its records is good until
   * then. Undefined says nothing.
   */
  revision(): number | undefined;
  /** In the order of `ids`; undefined where there is none. */
  getMany(ids: readonly string[]): Promise<(R | undefined)[]>;
  /** Only indexed fields may be named; anything else throws. */
  find(query: Query): Promise<R[]>;
  /**
   * How many records have these values. Cost does not grow with the table: only the combinations that
   * `store/tables.ts` declares as counters may be asked for; anything else throws.
   */
  count(where: Record<string, Scalar>): Promise<number>;
}

export interface WriteTable<R> extends ReadTable<R> {
  /** Throws `AlreadyExists` when the id is taken. */
  insert(record: R): Promise<void>;
  put(record: R): Promise<void>;
  delete(id: string): Promise<void>;
}

export type Reader = { readonly [T in TableName]: ReadTable<Records[T]> };

export type Transaction = { readonly [T in TableName]: WriteTable<Records[T]> } & {
  /** Appends to the outbox in this transaction. */
  emit(event: Omit<EventRecord, 'sequence'>): Promise<void>;
};

export interface Store {
  /** Reads of what is committed, each on its own. */
  readonly read: Reader;
  /**
   * Runs `mutation` isolated from every other one and resolves once its writes are durable. Throwing inside undoes
   * all of it. It may be run again after a conflict, so it must do nothing but read and write through `tx`, and it
   * must await nothing else.
   */
  transact<T>(mutation: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Events after `sequence`, oldest first. */
  events(after: number, limit: number): Promise<EventRecord[]>;
  /** The oldest event that is kept, and the last one there ever was. None kept: `first` is one more than `last`. */
  eventRange(): Promise<{ first: number; last: number }>;
  /** Called after each commit that emitted events. Returns a function that ends it. */
  onEvents(listener: (events: readonly EventRecord[]) => void): () => void;
  /** Forgets events older than this (epoch ms). */
  trimEvents(before: number): Promise<void>;
  /** Removes every record and event but those of who may call: ended tokens would be good again. */
  clear(): Promise<void>;
  /** Resolves when the store can be written; throws with the reason when it cannot (disk full, damaged file). */
  check(): Promise<void>;
  /** Costs no walk and no write. Throws `Unavailable` where the store cannot be read. */
  statistics(): StoreStatistics;
  close(): Promise<void>;
}

export interface StoreStatistics {
  /** Since this process opened it: mutations asked for, and the commits that they shared. */
  transactions: number;
  commits: number;
  failedCommits: number;
  /** Number of the newest event kept; 0 where there is none. */
  lastEvent: number;
  /** Events kept, counted by their numbers. */
  events: number;
}
