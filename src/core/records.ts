/**
 * What the store keeps. Every record has an `id` (its key), the flat fields it can be found by, and the ECS shape
 * that Describe* answers with. A record read from the store is frozen in meaning: never change one in place, put a
 * new object. Adapters may hand the same object to several readers, and the wire layer caches by object identity.
 */
import type { Cluster, ContainerInstance, Tag, Task, TaskDefinition } from './ecs-model.ts';
import type { TaskSpec } from './ports/engine.ts';
import type { LimitName } from './principal.ts';
import type { RoleName } from './scopes.ts';

/** `<region>/<account>`: what one caller's ARNs share. */
export type Scope = string;

export interface ClusterRecord {
  /** Cluster ARN. */
  id: string;
  scope: Scope;
  status: 'ACTIVE' | 'INACTIVE';
  /** Epoch milliseconds of the deletion; an INACTIVE cluster is forgotten some time after it. */
  inactiveAt?: number;
  /** Without statistics, counts and tags, which are filled in when asked for. */
  cluster: Cluster;
  tags: Tag[];
}

export interface TaskFamilyRecord {
  /** `<scope>/<family>`. */
  id: string;
  scope: Scope;
  family: string;
  /** Highest revision ever given out; never goes down, so that no revision is used twice. */
  lastRevision: number;
  activeCount: number;
  /** ACTIVE while it has an active revision. */
  status: 'ACTIVE' | 'INACTIVE';
}

export interface TaskDefinitionRecord {
  /** Task definition ARN. */
  id: string;
  scope: Scope;
  family: string;
  revision: number;
  /** `<family>:<revision as 10 digits>`: sorts as AWS lists, by family and then by number. */
  sortKey: string;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** DELETE_IN_PROGRESS definitions are removed by the expiry loop once no task uses them: epoch ms of the request. */
  deleteRequestedAt?: number;
  taskDefinition: TaskDefinition;
  tags: Tag[];
}

export interface TaskRecord {
  /** Task ARN. */
  id: string;
  /** The last part of the ARN: what people type. */
  shortId: string;
  scope: Scope;
  clusterArn: string;
  taskDefinitionArn: string;
  family: string;
  group: string;
  startedBy: string;
  /** '' where the task has none. */
  containerInstanceArn: string;
  serviceName: string;
  launchType: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  lastStatus: TaskStatus;
  /** `live` until STOPPED, then `ended`: what the task loop reads at start. */
  phase: 'live' | 'ended';
  /** Epoch ms; 0 while it runs. The expiry loop forgets a task one hour after it. */
  stoppedAt: number;
  task: Task;
  tags: Tag[];
  /** What the engine is asked to run. */
  spec: TaskSpec;
  /** What the task holds of its host, given back when it stops. Absent where nothing is accounted (Fargate). */
  reservation?: Reservation;
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export interface Reservation {
  hostId: string;
  cpu: number;
  memoryMiB: number;
  ports: { hostPort: number; protocol: 'tcp' | 'udp' }[];
}

export interface ContainerInstanceRecord {
  /** Container instance ARN. */
  id: string;
  scope: Scope;
  clusterArn: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE' | 'REGISTERING' | 'DEREGISTERING';
  /** The machine behind it: several clusters' local instances are one machine, with one ledger. */
  hostId: string;
  local: boolean;
  /** Epoch ms of the deregistration; an INACTIVE instance is forgotten some time after it. */
  inactiveAt?: number;
  /** Without remainingResources, task counts and tags, which are filled in when asked for. */
  containerInstance: ContainerInstance;
  tags: Tag[];
}

/** What a machine has and how much of it tasks hold. */
export interface HostRecord {
  id: string;
  cpu: number;
  memoryMiB: number;
  usedCpu: number;
  usedMemoryMiB: number;
}

export interface HostPortRecord {
  /** `<hostId>/<protocol>/<port>`. */
  id: string;
  hostId: string;
  taskArn: string;
}

/** The answer to a clientToken that was seen before. */
export interface ClientTokenRecord {
  /** `<scope>/<operation>/<token>`. */
  id: string;
  /** SHA-256 of the request that used it first. */
  requestHash: string;
  resourceArns: string[];
  /** Epoch ms. */
  createdAt: number;
}

/** A key that was shown once. What is kept of it opens nothing by itself. */
export interface CredentialRecord {
  /** The part of the key that may be shown: `lsk_` and 12 characters, or an AWS access key id. */
  id: string;
  /** `account-token`: the simple API's token of one account, also accepted as a bcrypt hash of it. */
  kind: 'api-key' | 'access-key' | 'account-token';
  /** Whom it stands for: `key:<id>`, `service:<name>`, `user:<name>`. */
  subject: string;
  /** For people. */
  name: string;
  role: RoleName | 'none';
  /** In addition to the role's. */
  scopes: string[];
  account: string;
  /** SHA-256 of the whole key in hexadecimal; of an API key. */
  hash?: string;
  /** Sealed with the data directory's key, where checking needs the secret itself: Signature Version 4, bcrypt. */
  sealedSecret?: string;
  limits?: Partial<Record<LimitName, number>>;
  createdBy: string;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms; 0: never. */
  expiresAt: number;
  /** Epoch ms; 0: it is good. */
  revokedAt: number;
  /** Epoch ms; the expiry loop removes it then. Absent while nothing ends it. */
  forgetAt?: number;
}

export interface UserRecord {
  /** `user:<name>` or `service:<name>`. */
  id: string;
  kind: 'user' | 'service';
  name: string;
  description: string;
  /** scrypt, with its parameters and salt; a service account has none. */
  passwordHash?: string;
  role: RoleName | 'none';
  scopes: string[];
  account: string;
  limits?: Partial<Record<LimitName, number>>;
  disabled: boolean;
  /** Tokens issued before are refused: epoch ms of the last change of password, role or state. */
  tokensValidFrom: number;
  createdAt: number;
}

/** What an account shows to a registry of images. */
export interface RegistryRecord {
  /** Made of account and address, which no two have both of. */
  id: string;
  account: string;
  /** `docker.io`, or host[:port] in lower case. */
  address: string;
  name: string;
  username: string;
  /** Password or token, sealed. */
  sealedPassword: string;
  createdAt: number;
  updatedAt: number;
}

/** A token that was given back before its end. */
export interface RevokedTokenRecord {
  /** Its `jti`. */
  id: string;
  /** Epoch ms; forgotten after it. */
  expiresAt: number;
}

/** One line of the outbox, written in the transaction that changed the state. */
export interface EventRecord {
  /** Given by the store, rising. */
  sequence: number;
  /** Epoch ms. */
  at: number;
  /** `cluster`, `task`, `task-definition`, `container-instance`, `engine`. */
  resource: string;
  /** ARN; `engine` for the engine. */
  subject: string;
  /** CREATE, UPDATE, DELETE, STATUS_CHANGE … */
  action: string;
  detail: Record<string, unknown>;
}
