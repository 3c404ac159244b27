import { Command } from 'commander';
import type { DoctorCheck } from '../main.ts';
import { addConfigFlags, configOf } from './config-flags.ts';
import { CliError } from './failure.ts';
import { reportLeaks } from './leaks.ts';
import { table } from './table.ts';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check everything the server needs on this machine, with the fix for what is missing')
    .option('--leaks', 'attack sandboxes made here, and tell what is not contained')
    .option('--json', 'as JSON');
  return addConfigFlags(command).action(async (_, self: Command) => {
    if (self.opts<{ leaks?: true }>().leaks) return reportLeaks(self.opts());
    const { config } = configOf(self);
    const { diagnose } = await import('../main.ts');
    const checks = await diagnose(config);
    const json = self.opts<{ json?: true }>().json;
    process.stdout.write(json ? `${JSON.stringify(checks, undefined, 2)}\n` : report(checks));
    const missing = checks.filter(({ status }) => status === 'missing');
    if (missing.length > 0) throw new CliError(`missing: ${missing.map(({ name }) => name).join(', ')}`);
  });
}

/** A line for each check, and under it the fix of what is not right. */
export function report(checks: readonly DoctorCheck[]): string {
  const rows = checks.flatMap(({ name, status, detail, fix }) => [
    [status.toUpperCase(), name, detail],
    ...(fix === undefined || status === 'ok' ? [] : [['', '', `fix: ${fix}`]]),
  ]);
  return table([['STATUS', 'CHECK', 'DETAIL'], ...rows]);
}
