/** What goes in and out under `/auth`: checks requests, and becomes the OpenAPI document. */
import Type, { type Static } from 'typebox';
import type { CredentialRecord, UserRecord } from '../../../core/records.ts';
import { roleNames } from '../../../core/scopes.ts';

const time = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-01-31T12:00:00.000Z'] });
const timeOrNull = (description: string) =>
  Type.Union([Type.Null(), time(description)], { description, examples: [null] });

export const name = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit.",
  examples: ['ann'],
});
const role = Type.Enum([...roleNames, 'none'], {
  description:
    'viewer reads, operator also changes what runs, admin does everything; none: the scopes alone.',
  examples: ['operator'],
});
const scopes = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: 100,
  description: "Beside the role's: resource:action, with * for any of either.",
  examples: [['clusters:read', 'tasks:*']],
});
const account = Type.String({
  pattern: '^\\d{12}$',
  description: "Whose resources it works on; the caller's own where absent.",
  examples: ['000000000000'],
});
const count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const limits = Type.Object(
  { ecs: Type.Optional(count), execute: Type.Optional(count), functions: Type.Optional(count) },
  {
    additionalProperties: false,
    description:
      "Requests per second (ecs) or minute, in place of the server's own limits; 0: none may pass.",
    examples: [{ ecs: 500 }],
  },
);
const ttlSeconds = Type.Integer({
  minimum: 1,
  maximum: 315_360_000,
  description: 'Seconds until it expires; absent: never.',
  examples: [2_592_000],
});
const password = Type.String({
  minLength: 12,
  maxLength: 1024,
  description: 'At least 12 characters.',
  examples: ['correct horse battery staple'],
});
const description = Type.String({
  maxLength: 256,
  description: 'For people.',
  examples: ['Deploys from CI'],
});
const label = Type.String({ maxLength: 128, description: 'For people.', examples: ['laptop'] });
const kind = Type.Enum(['api-key', 'access-key', 'account-token'], {
  description:
    "api-key: X-API-Key. access-key: a pair for AWS's clients. account-token: what the simple API's clients of an " +
    'account share.',
  examples: ['api-key'],
});

const rights = {
  role: Type.Optional(role),
  scopes: Type.Optional(scopes),
  account: Type.Optional(account),
  limits: Type.Optional(limits),
};

export const error = Type.Object(
  { code: Type.String({ examples: ['Forbidden'] }), message: Type.String() },
  { additionalProperties: true, description: 'What is wrong, and what to do about it.' },
);

export const page = Type.Object(
  {
    maxResults: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'At most so many.', examples: [100] }),
    ),
    nextToken: Type.Optional(Type.String({ maxLength: 512, description: 'Of the page before.' })),
  },
  { additionalProperties: false },
);
const nextToken = Type.Optional(Type.String({ description: 'Absent on the last page.' }));

export const keyView = Type.Object(
  {
    id: Type.String({ description: 'May be shown; opens nothing.', examples: ['lsk_8aJx2Lq0ZpTe'] }),
    kind,
    name: label,
    subject: Type.String({ description: 'Whom it stands for.', examples: ['key:lsk_8aJx2Lq0ZpTe'] }),
    role,
    scopes,
    account,
    limits: Type.Optional(limits),
    state: Type.Enum(['active', 'expired', 'revoked'], { examples: ['active'] }),
    createdBy: Type.String({ examples: ['user:ann'] }),
    createdAt: time('When it was made.'),
    expiresAt: timeOrNull('When it expires; null: never.'),
    revokedAt: timeOrNull('When it was revoked; null: it was not.'),
  },
  { description: 'A key without its secret, which is shown once.' },
);
export const keyList = Type.Object({ keys: Type.Array(keyView), nextToken });

export const newKey = Type.Object(
  {
    kind: Type.Optional(kind),
    name: Type.Optional(label),
    subject: Type.Optional(
      Type.String({
        maxLength: 80,
        description:
          'user:<name> or service:<name>, whose rights then bound it; absent: it stands for itself.',
        examples: ['service:ci'],
      }),
    ),
    ...rights,
    ttlSeconds: Type.Optional(ttlSeconds),
  },
  { additionalProperties: false },
);
export const createdKey = Type.Object({
  ...keyView.properties,
  key: Type.Optional(
    Type.String({
      description: 'Of an API key. Shown now and never again.',
      examples: ['lsk_8aJx2Lq0ZpTe_…'],
    }),
  ),
  accessKeyId: Type.Optional(
    Type.String({ description: 'Of an access key.', examples: ['LSIA7ZQ2M5RTXK4AHJWD'] }),
  ),
  secretAccessKey: Type.Optional(
    Type.String({ description: 'Of an access key. Shown now and never again.', examples: ['…'] }),
  ),
  token: Type.Optional(
    Type.String({ description: 'Of an account. Shown now and never again.', examples: ['…'] }),
  ),
});

export const userView = Type.Object({
  id: Type.String({ description: 'Its subject.', examples: ['user:ann'] }),
  name,
  description,
  role,
  scopes,
  account,
  limits: Type.Optional(limits),
  disabled: Type.Boolean({ description: 'Nothing of it is taken while this is true.' }),
  createdAt: time('When it was made.'),
});
export const userList = Type.Object({ users: Type.Array(userView), nextToken });
export const serviceAccountList = Type.Object({ serviceAccounts: Type.Array(userView), nextToken });

export const newUser = Type.Object(
  { name, password, description: Type.Optional(description), ...rights },
  { additionalProperties: false },
);
const changes = {
  description: Type.Optional(description),
  role: Type.Optional(role),
  scopes: Type.Optional(scopes),
  limits: Type.Optional(limits),
  disabled: Type.Optional(Type.Boolean({ description: 'true: refuse it, with its keys and tokens.' })),
};
export const serviceAccountChanges = Type.Object(changes, { additionalProperties: false });
export const userChanges = Type.Object(
  { ...changes, password: Type.Optional(password) },
  { additionalProperties: false },
);
export const newServiceAccount = Type.Object(
  {
    name,
    description: Type.Optional(description),
    roles: Type.Optional(
      Type.Array(Type.Enum(roleNames), { maxItems: 3, description: 'Of several, the one that may most.' }),
    ),
    scopes: rights.scopes,
    account: rights.account,
    limits: rights.limits,
    ttlSeconds: Type.Optional(ttlSeconds),
  },
  { additionalProperties: false },
);
export const createdServiceAccount = Type.Object({
  serviceAccountId: Type.String({ examples: ['service:ci'] }),
  apiKey: Type.String({ description: 'Shown now and never again.', examples: ['lsk_8aJx2Lq0ZpTe_…'] }),
  createdAt: time('When it was made.'),
});

export const newToken = Type.Object(
  {
    subject: Type.Optional(
      Type.String({
        maxLength: 80,
        description: 'user:<name>, service:<name> or a name of its own; the caller where absent.',
        examples: ['ci'],
      }),
    ),
    role: Type.Optional(role),
    scopes: Type.Optional(scopes),
    account: Type.Optional(account),
    ttlSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 31_536_000, description: 'Absent: a day.', examples: [3600] }),
    ),
  },
  { additionalProperties: false },
);
export const issuedToken = Type.Object({
  token: Type.String({ description: 'For Authorization: Bearer.', examples: ['eyJhbGciOi…'] }),
  expiresIn: Type.Integer({ description: 'Seconds.', examples: [86_400] }),
});

export const credentials = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 64, examples: ['ann'] }),
    password: Type.String({ minLength: 1, maxLength: 1024, examples: ['correct horse battery staple'] }),
  },
  { additionalProperties: false },
);
export const caller = Type.Object({
  subject: Type.String({ examples: ['user:ann'] }),
  kind: Type.String({ description: 'How the caller said who it is.', examples: ['token'] }),
  keyId: Type.Optional(Type.String({ examples: ['lsk_8aJx2Lq0ZpTe'] })),
  scopes,
  account,
});

/** As the API shows it. */
export function keyViewOf(record: CredentialRecord, now: number): Static<typeof keyView> {
  const { id, name: label, subject, role: ownRole, createdBy, expiresAt, revokedAt } = record;
  const expired = expiresAt !== 0 && now >= expiresAt;
  return {
    id,
    kind: record.kind,
    name: label,
    subject,
    role: ownRole,
    scopes: record.scopes,
    account: record.account,
    ...(record.limits && { limits: record.limits }),
    state: revokedAt !== 0 ? 'revoked' : expired ? 'expired' : 'active',
    createdBy,
    createdAt: rfc3339(record.createdAt),
    expiresAt: expiresAt === 0 ? null : rfc3339(expiresAt),
    revokedAt: revokedAt === 0 ? null : rfc3339(revokedAt),
  };
}

/** Without the hash of the password. */
export function userViewOf(record: UserRecord): Static<typeof userView> {
  return {
    id: record.id,
    name: record.name,
    description: record.description,
    role: record.role,
    scopes: record.scopes,
    account: record.account,
    ...(record.limits && { limits: record.limits }),
    disabled: record.disabled,
    createdAt: rfc3339(record.createdAt),
  };
}

export const rfc3339 = (milliseconds: number) => new Date(milliseconds).toISOString();
