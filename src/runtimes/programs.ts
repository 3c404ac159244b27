/** How programs are run that are no functions, in the languages of this machine. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ProgramLanguage, Programs, Runtime } from '../core/ports/runtime.ts';
import { nodejsRuntime } from './nodejs/runtime.ts';

// Shipped as source: the path is the same from src/ and from dist/.
const RUNNER = fileURLToPath(new URL('../../src/runtimes/nodejs/program-runner.mjs', import.meta.url));
const ENTRY = 'program-runner.mjs';

export function programsOf(runtimes: readonly Runtime[]): Programs {
  let known: Promise<readonly ProgramLanguage[]> | undefined;
  const find = async () => (await Promise.all(runtimes.map(programLanguageOf))).flat();
  const files = { [ENTRY]: readFileSync(RUNNER, 'utf8') };
  return {
    languages: () => (known ??= find()),
    runner: { runtime: nodejsRuntime.name, code: { digest: 'program-runner', files, entry: ENTRY } },
  };
}

async function programLanguageOf(runtime: Runtime): Promise<ProgramLanguage[]> {
  if (runtime.program === undefined) return [];
  const found = await runtime.availability();
  if (!found.available) return [];
  return [{ name: runtime.name, version: found.version.replace(/^v/, ''), argv: runtime.program() }];
}
