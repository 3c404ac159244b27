import { Command } from 'commander';
import {
  addDataFlags,
  collect,
  everyPage,
  print,
  readDuration,
  requireRights,
  withAdministration,
} from './administration.ts';
import { CliError } from './failure.ts';
import { table } from './table.ts';

interface KeyView {
  id: string;
  kind: string;
  name: string;
  subject: string;
  role: string;
  scopes: string[];
  account: string;
  state: string;
  expiresAt: string | null;
}

interface CreateOptions {
  name?: string;
  role?: string;
  scope?: string[];
  ttl?: number;
  aws?: true;
  accountToken?: true;
  account?: string;
  subject?: string;
  json?: true;
}

export function keyCommand(): Command {
  return new Command('key')
    .description('make, list and revoke keys, with or without a running server')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  const command = new Command('create')
    .description('make a key; its secret is printed now and never again')
    .option('--name <text>', 'what it is for, for people')
    .option('--role <role>', 'viewer reads, operator also changes what runs, admin does everything')
    .option('--scope <scope>', 'resource:action, e.g. clusters:read or tasks:* (repeatable)', collect)
    .option(
      '--ttl <time>',
      'how long it is good, e.g. 45m, 12h, 30d (default: until it is revoked)',
      readDuration,
    )
    .option('--aws', "an access key pair for AWS's clients in place of an API key")
    .option('--account-token', 'the token that clients of the simple API share, in place of an API key')
    .option('--account <id>', "12 digits, whose resources it works on (default: the server's)")
    .option(
      '--subject <subject>',
      'user:<name> or service:<name> that it belongs to, and whose rights bound it',
    )
    .option('--json', 'as JSON');
  return addDataFlags(command).action(async (options: CreateOptions, self: Command) => {
    if (options.subject === undefined) requireRights(options);
    if (options.aws && options.accountToken) throw new CliError('give one of --aws and --account-token', 2);
    const { name, role, scope: scopes, ttl: ttlSeconds, account, subject } = options;
    const kind = options.aws ? 'access-key' : options.accountToken ? 'account-token' : 'api-key';
    const asked = { kind, name, role, scopes, ttlSeconds, account, subject };
    const made = await withAdministration(self, (administration) =>
      administration.call<Record<string, string>>('POST', '/auth/keys', asked),
    );
    const shown = shownOf(kind, made);
    if (options.json) return void print(JSON.stringify(shown));
    process.stdout.write(table(Object.entries(shown)));
    print(`\nThe secret is shown only now. ${use[kind]}`);
  });
}

const use = {
  'api-key': "Use it: curl -H 'X-API-Key: <key>' …",
  'access-key': 'Use it: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… aws --endpoint-url … ecs list-clusters',
  'account-token': "Use it: curl -H 'X-Auth-Token: <token>' …",
};

function shownOf(kind: keyof typeof use, made: Record<string, string>): Record<string, string> {
  const { id = '', key = '', accessKeyId = '', secretAccessKey = '', token = '' } = made;
  if (kind === 'api-key') return { id, key };
  return kind === 'access-key' ? { accessKeyId, secretAccessKey } : { id, token };
}

function listCommand(): Command {
  const command = new Command('list')
    .description('list keys, without their secrets; ended ones for 30 days')
    .option('--json', 'as JSON');
  return addDataFlags(command).action(async ({ json }: { json?: true }, self: Command) => {
    const keys = await withAdministration(self, (administration) =>
      everyPage<KeyView>(administration, '/auth/keys', 'keys'),
    );
    if (json) return void print(JSON.stringify(keys, undefined, 2));
    const rows = keys.map(({ id, kind, name, subject, role, scopes, account, state, expiresAt }) => [
      id,
      kind,
      name || '-',
      subject === `key:${id}` ? '-' : subject,
      [role === 'none' ? [] : [role], scopes].flat().join(',') || '-',
      account,
      state,
      expiresAt ?? 'never',
    ]);
    const head = ['ID', 'KIND', 'NAME', 'SUBJECT', 'RIGHTS', 'ACCOUNT', 'STATE', 'EXPIRES'];
    process.stdout.write(table([head, ...rows]));
  });
}

function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('refuse a key from now on, also on a running server')
    .argument('<id>', 'as key list shows it');
  return addDataFlags(command).action(async (id: string, _, self: Command) => {
    // People paste the whole key: only its id goes any further.
    const name = /^lsk_[^_]*/.exec(id)?.[0] ?? id;
    const { state } = await withAdministration(self, (administration) =>
      administration.call<KeyView>('DELETE', `/auth/keys/${encodeURIComponent(name)}`),
    );
    print(`${name} is ${state}`);
  });
}
