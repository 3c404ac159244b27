#!/usr/bin/env node
// Runs what script/bootstrap or the package's build has compiled.
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/main.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`longshore: Node.js 20.19 or newer is needed, this is ${process.versions.node}\n`);
  process.exit(1);
}
if (!existsSync(entry)) {
  process.stderr.write('longshore: not built yet: run script/bootstrap in the clone\n');
  process.exit(1);
}
const { run } = await import(entry.href);
process.exit(await run(process.argv.slice(2)));
