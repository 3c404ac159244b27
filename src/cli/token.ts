import { Command } from 'commander';
import {
  addDataFlags,
  collect,
  print,
  readDuration,
  requireRights,
  withAdministration,
} from './administration.ts';

interface CreateOptions {
  subject: string;
  role?: string;
  scope?: string[];
  ttl?: number;
  account?: string;
  json?: true;
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('make signed tokens (JWT), with or without a running server')
    .addCommand(createCommand());
}

function createCommand(): Command {
  const command = new Command('create')
    .description('print a token for Authorization: Bearer')
    .requiredOption('--subject <subject>', 'user:<name>, service:<name>, or any name, e.g. ci')
    .option('--role <role>', 'viewer, operator or admin')
    .option('--scope <scope>', 'resource:action, e.g. clusters:read or tasks:* (repeatable)', collect)
    .option('--ttl <time>', 'how long it is good, e.g. 45m, 12h, 30d (default: 24h)', readDuration)
    .option('--account <id>', "12 digits, whose resources it works on (default: the server's)")
    .option('--json', 'as JSON');
  return addDataFlags(command).action(async (options: CreateOptions, self: Command) => {
    const { subject, role, scope: scopes, ttl: ttlSeconds, account } = options;
    if (!/^(user|service):/.test(subject)) requireRights(options);
    const issued = await withAdministration(self, (administration) =>
      administration.call<{ token: string; expiresIn: number }>('POST', '/auth/tokens', {
        subject,
        role,
        scopes,
        ttlSeconds,
        account,
      }),
    );
    print(options.json ? JSON.stringify(issued) : issued.token);
  });
}
