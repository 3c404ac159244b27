import { Command } from 'commander';
import { maskedConfig } from '../config.ts';
import { addConfigFlags, configOf } from './config-flags.ts';
import { table } from './table.ts';

export function configCommand(): Command {
  const command = new Command('config')
    .description(
      'print the configuration that serve would use with the same flags, and where each value is from',
    )
    .option('--json', 'as JSON');
  return addConfigFlags(command).action((_, self: Command) => {
    const { config, sources, file } = configOf(self);
    const masked = maskedConfig(config);
    if (self.opts<{ json?: true }>().json) {
      process.stdout.write(`${JSON.stringify({ config: masked, sources, file }, undefined, 2)}\n`);
      return;
    }
    const rows = Object.entries(masked).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      Array.isArray(value) ? value.join(', ') || '-' : String(value),
      sources[key as keyof typeof sources] === 'file' ? `${file}` : sources[key as keyof typeof sources],
    ]);
    process.stdout.write(table([['NAME', 'VALUE', 'FROM'], ...rows]));
  });
}
