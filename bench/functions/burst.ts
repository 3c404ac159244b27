/** Many new sessions at once, each with a sandbox of its own, until the last one is answered. */
import { readFunctionDirectory } from '../../src/function-directory.ts';
import type { Figures } from '../harness/figures.ts';
import type { FunctionsServer } from './functions-server.ts';
import { sampleDirectory, type Language } from './language.ts';

const sessions = 100;
const turns = 3;

export async function measureBurst(
  server: FunctionsServer,
  language: Language,
  figures: Figures,
): Promise<void> {
  const title = `${language.name}-burst`;
  const { files } = readFunctionDirectory(sampleDirectory(language)).definition;
  const seconds: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    await server.publish(title, { files });
    const begun = performance.now();
    await Promise.all(Array.from({ length: sessions }, () => server.initialize(title)));
    seconds.push((performance.now() - begun) / 1000);
    await server.unpublish(title);
  }
  figures.put(`${sessions} new sessions at once (${language.name})`, 's', seconds, { goal: { atMost: 10 } });
}
