/**
 * What a caller may do, as `resource:action`. Every route and every operation declares one scope; a credential
 * carries patterns, in which `*` stands for any resource or any action. `execute:<language>` and `read:functions`
 * are spelt as the functions API's document has them.
 */

/** Every scope there is: a route cannot declare another one, a credential cannot name another resource. */
export const scopeTable = {
  clusters: ['read', 'create', 'update', 'delete'],
  services: ['read', 'create', 'update', 'delete'],
  tasks: ['read', 'create', 'update', 'delete', 'exec', 'logs'],
  'task-definitions': ['read', 'create', 'delete'],
  'container-instances': ['read', 'create', 'update', 'delete'],
  'capacity-providers': ['read', 'create', 'update', 'delete'],
  attributes: ['read', 'update', 'delete'],
  daemons: ['read', 'create', 'update', 'delete'],
  gateways: ['read', 'create', 'update', 'delete'],
  settings: ['read', 'update', 'delete'],
  tags: ['read', 'update'],
  events: ['read'],
  metrics: ['read'],
  execute: ['all', 'nodejs', 'python', 'rust', 'exec', 'wasm', 'script'],
  read: ['functions'],
  functions: ['create', 'update', 'delete', 'logs'],
  containers: ['read', 'create', 'update', 'delete', 'exec', 'logs', 'secrets'],
  images: ['read', 'create', 'update', 'delete'],
  registries: ['read', 'create', 'update', 'delete'],
  volumes: ['read', 'create', 'delete'],
  networks: ['read', 'create', 'update', 'delete'],
  keys: ['read', 'create', 'delete'],
  users: ['read', 'create', 'update', 'delete'],
  audit: ['read'],
  admin: ['accounts', 'reset'],
} as const;

type ScopeTable = typeof scopeTable;
export type Scope = { [R in keyof ScopeTable]: `${R}:${ScopeTable[R][number]}` }[keyof ScopeTable];

/** What a person may call a resource or an action: the spellings of the ECS API's and its peers' documents. */
const resourceAliases: Readonly<Record<string, string>> = {
  taskDefinitions: 'task-definitions',
  containerInstances: 'container-instances',
  capacityProviders: 'capacity-providers',
};
const actionAliases: Readonly<Record<string, string>> = { list: 'read', describe: 'read' };

export const roleNames = ['admin', 'operator', 'viewer'] as const;
export type RoleName = (typeof roleNames)[number];

const seesEverything = [
  'clusters:read',
  'services:read',
  'tasks:read',
  'tasks:logs',
  'task-definitions:read',
  'container-instances:read',
  'capacity-providers:read',
  'attributes:read',
  'daemons:read',
  'gateways:read',
  'settings:read',
  'tags:read',
  'events:read',
  'metrics:read',
  'read:functions',
  'containers:read',
  'containers:logs',
  'images:read',
  'registries:read',
  'volumes:read',
  'networks:read',
];

/** A viewer reads what runs, an operator changes it, an admin also says who may. */
export const roles: Readonly<Record<RoleName, readonly string[]>> = {
  admin: ['*:*'],
  operator: [
    ...['clusters', 'services', 'tasks', 'task-definitions', 'container-instances', 'capacity-providers'],
    ...[
      'attributes',
      'daemons',
      'gateways',
      'settings',
      'tags',
      'execute',
      'functions',
      'containers',
      'images',
      'registries',
      'volumes',
      'networks',
    ],
  ]
    .map((resource) => `${resource}:*`)
    .concat('events:read', 'metrics:read', 'read:functions'),
  viewer: seesEverything,
};

/** Every scope that a route may declare. */
export const allScopes: readonly Scope[] = Object.entries(scopeTable).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}` as Scope),
);

/**
 * The patterns a credential carries. Patterns that name nothing here are kept out: tokens of other issuers also hold
 * `openid` and the like.
 */
export class Scopes {
  /** In the spelling of this table, without repetition. */
  readonly patterns: readonly string[];
  readonly #allowed: ReadonlySet<string>;

  constructor(patterns: readonly string[]) {
    this.patterns = [...new Set(patterns.flatMap((pattern) => normalisedScope(pattern) ?? []))];
    this.#allowed = new Set(allScopes.filter((scope) => this.patterns.some((each) => covers(each, scope))));
  }

  allows(scope: Scope): boolean {
    return this.#allowed.has(scope);
  }
}

export const everything = new Scopes(['*:*']);
export const nothing = new Scopes([]);

/** `taskDefinitions:list` is `task-definitions:read`, `*` is `*:*`. Undefined for what names nothing in the table. */
export function normalisedScope(pattern: string): string | undefined {
  if (pattern === '*') return '*:*';
  const colon = pattern.indexOf(':');
  const resource = resourceAliases[pattern.slice(0, colon)] ?? pattern.slice(0, colon);
  const action = pattern.slice(colon + 1);
  if (action.includes(':')) return undefined;
  const known = actionAliases[action] ?? action;
  const normalised = `${resource}:${known}`;
  return allScopes.some((scope) => covers(normalised, scope)) ? normalised : undefined;
}

/** `execute:all` is what its document calls every language, scripts sent along excepted: those have their own scope. */
function covers(pattern: string, scope: string): boolean {
  if (pattern === 'execute:all') return scope.startsWith('execute:') && scope !== 'execute:script';
  const [resource, action] = pattern.split(':');
  const [ofResource, ofAction] = scope.split(':');
  return (resource === '*' || resource === ofResource) && (action === '*' || action === ofAction);
}
