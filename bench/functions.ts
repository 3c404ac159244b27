/**
 * What functions cost: executions through the whole path beside other ways to run them, what sandboxes take to be
 * claimed and to start, how late deadlines are, many sessions at once. Each language has a server of its own.
 */
import { measureBurst } from './functions/burst.ts';
import { measureCompilation } from './functions/compilation.ts';
import { measureDeadline } from './functions/deadline.ts';
import { measureExecutions } from './functions/executions.ts';
import { FunctionsServer } from './functions/functions-server.ts';
import { languages, type Language } from './functions/language.ts';
import { measurePool } from './functions/pool.ts';
import { withCleanup, withPart, type Cleanup } from './harness/cleanup.ts';
import { Figures } from './harness/figures.ts';
import { readOptions } from './harness/options.ts';

async function main(): Promise<void> {
  const { json } = readOptions(process.argv.slice(2));
  await withCleanup(async (cleanup) => {
    const figures = new Figures();
    for (const language of languages) {
      await measurePool(cleanup, language, figures);
      await withPart(cleanup, (part) => measureServer(part, language, figures));
    }
    figures.print('functions', json);
  });
}

async function measureServer(cleanup: Cleanup, language: Language, figures: Figures): Promise<void> {
  const server = await FunctionsServer.start(cleanup);
  if (language.name === 'rust') await measureCompilation(server, figures);
  await measureDeadline(server, language, figures);
  await measureBurst(server, language, figures);
  await measureExecutions(cleanup, server, language, figures);
}

await main();
