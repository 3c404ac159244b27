import { Command, InvalidArgumentError, Option } from 'commander';
import type { AuditResult } from '../main.ts';
import { addConfigFlags, configOf } from './config-flags.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

interface AuditOptions {
  since?: number;
  until?: number;
  subject?: string;
  operation?: string;
  result?: AuditResult;
  limit: number;
  json?: true;
}

export function auditCommand(): Command {
  const command = new Command('audit')
    .description('print who changed what, newest first, from the data directory')
    .option('--since <time>', 'only from this time on: 90s, 10m, 2h, 7d ago, or an RFC 3339 time', readTime)
    .option('--until <time>', 'only before this time', readTime)
    .option('--subject <subject>', 'only of this caller, e.g. user:ann')
    .option('--operation <name>', 'only of this operation, e.g. RunTask')
    .addOption(
      new Option('--result <result>', 'only of this outcome').choices(['success', 'denied', 'failure']),
    )
    .option('--limit <count>', 'at most so many', readLimit, 100)
    .option('--json', 'an entry as JSON on each line');
  return addConfigFlags(command, ['data-dir']).action(async () => {
    const { limit, json, since, until, subject, operation, result } = command.opts<AuditOptions>();
    const { readAuditOf } = await import('../main.ts');
    const query = { since, until, subject, operation, result };
    const rows: string[][] = [];
    let count = 0;
    for await (const { entry } of readAuditOf(configOf(command).config.dataDir, query)) {
      if (json) process.stdout.write(`${printable(JSON.stringify(entry))}\n`);
      else {
        const outcome = entry.error === undefined ? entry.result : `${entry.result} (${entry.error})`;
        const shown = [
          entry.at,
          entry.subject,
          entry.address || 'socket',
          entry.operation,
          outcome,
          entry.target ?? '',
        ];
        rows.push(shown.map(printable));
      }
      if (++count === limit) break;
    }
    if (!json)
      process.stdout.write(table([['AT', 'SUBJECT', 'ADDRESS', 'OPERATION', 'RESULT', 'TARGET'], ...rows]));
  });
}

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readTime(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = amount === undefined ? Date.parse(text) : Date.now() - Number(amount) * (unitMs[unit] ?? 0);
  if (Number.isNaN(at))
    throw new InvalidArgumentError('expected 90s, 10m, 2h, 7d or a time as 2026-01-31T12:00:00Z');
  return at;
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number of entries');
}
