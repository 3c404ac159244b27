import { Command } from 'commander';
import {
  addDataFlags,
  collect,
  everyPage,
  print,
  requireRights,
  withAdministration,
} from './administration.ts';
import { readPassword } from './read-password.ts';
import { table } from './table.ts';

interface UserView {
  id: string;
  name: string;
  description: string;
  role: string;
  scopes: string[];
  account: string;
  disabled: boolean;
}

interface CreateOptions {
  role?: string;
  scope?: string[];
  account?: string;
  description?: string;
}

const argument = ['<name>', "1 to 64 of a-z, 0-9, '.', '_' and '-'"] as const;
const pathOf = (name: string) => `/auth/users/${encodeURIComponent(name)}`;

export function userCommand(): Command {
  return new Command('user')
    .description('people who log in with a password, with or without a running server')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(passwordCommand())
    .addCommand(deleteCommand());
}

function createCommand(): Command {
  const command = new Command('create')
    .description('add a person; the password is asked for, or read from standard input')
    .argument(...argument)
    .option('--role <role>', 'viewer reads, operator also changes what runs, admin does everything')
    .option('--scope <scope>', 'resource:action, e.g. clusters:read or tasks:* (repeatable)', collect)
    .option('--account <id>', "12 digits, whose resources they work on (default: the server's)")
    .option('--description <text>', 'for people');
  return addDataFlags(command).action(async (name: string, options: CreateOptions, self: Command) => {
    requireRights(options);
    const { role, scope: scopes, account, description } = options;
    const asked = { name, role, scopes, account, description, password: await readPassword() };
    const user = await withAdministration(self, (administration) =>
      administration.call<UserView>('POST', '/auth/users', asked),
    );
    print(`${user.id} can log in: POST /auth/login {"username", "password"} answers with a token`);
  });
}

function listCommand(): Command {
  const command = new Command('list').description('list people').option('--json', 'as JSON');
  return addDataFlags(command).action(async ({ json }: { json?: true }, self: Command) => {
    const users = await withAdministration(self, (administration) =>
      everyPage<UserView>(administration, '/auth/users', 'users'),
    );
    if (json) return void print(JSON.stringify(users, undefined, 2));
    const rows = users.map(({ name, role, scopes, account, disabled, description }) => [
      name,
      [role === 'none' ? [] : [role], scopes].flat().join(',') || '-',
      account,
      disabled ? 'disabled' : 'active',
      description || '-',
    ]);
    process.stdout.write(table([['NAME', 'RIGHTS', 'ACCOUNT', 'STATE', 'DESCRIPTION'], ...rows]));
  });
}

function passwordCommand(): Command {
  const command = new Command('password')
    .description('set a new password, asked for or read from standard input; tokens given out before end')
    .argument(...argument);
  return addDataFlags(command).action(async (name: string, _, self: Command) => {
    const password = await readPassword();
    await withAdministration(self, (administration) =>
      administration.call('PUT', pathOf(name), { password }),
    );
    print(`user:${name} has a new password`);
  });
}

function deleteCommand(): Command {
  const command = new Command('delete')
    .description('remove a person; their keys are revoked, their tokens refused')
    .argument(...argument);
  return addDataFlags(command).action(async (name: string, _, self: Command) => {
    await withAdministration(self, (administration) => administration.call('DELETE', pathOf(name)));
    print(`user:${name} is removed`);
  });
}
