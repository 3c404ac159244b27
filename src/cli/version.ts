import { readFileSync } from 'node:fs';
import { Command } from 'commander';

export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export function versionCommand(): Command {
  return new Command('version').description('print the version').action(() => {
    process.stdout.write(`longshore ${version()} (Node.js ${process.versions.node})\n`);
  });
}
