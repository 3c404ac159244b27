import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { openAdministration, type Administration } from '../administration.ts';
import { addConfigFlags, configOf } from './config-flags.ts';
import { CliError } from './failure.ts';

/** The flags that say which data directory is meant. */
export const addDataFlags = (command: Command): Command =>
  addConfigFlags(command, ['data-dir', 'account-id', 'jwt-secret']);

/** Through the server that runs on the data directory, else with the directory opened here. */
export async function withAdministration<T>(
  command: Command,
  work: (administration: Administration) => Promise<T>,
): Promise<T> {
  const { config } = configOf(command);
  const administration = await openAdministration(config);
  try {
    return await work(administration);
  } finally {
    await administration.close();
  }
}

/** Every record of a list that comes in pages. */
export async function everyPage<T>(
  administration: Administration,
  path: string,
  member: string,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const query = token === undefined ? '' : `?nextToken=${encodeURIComponent(token)}`;
    const answer = await administration.call<Record<string, unknown>>('GET', path + query);
    all.push(...(answer[member] as T[]));
    token = answer['nextToken'] as string | undefined;
  } while (token !== undefined);
  return all;
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90s`, `45m`, `12h`, `30d`, `8w`. */
export function readDuration(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(amount) * (unitSeconds[unit] ?? 0);
  if (amount !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError('expected a time such as 45m, 12h, 30d or 8w');
}

export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Rights are never given by leaving something out. */
export function requireRights({ role, scope }: { role?: string; scope?: string[] }): void {
  if (role !== undefined || scope !== undefined) return;
  throw new CliError(
    'say what it may do: --role viewer, operator or admin, or --scope, e.g. clusters:read',
    2,
  );
}

export const print = (text: string) => process.stdout.write(`${text}\n`);
