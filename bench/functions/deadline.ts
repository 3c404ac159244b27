/** How much later than its deadline a function that never answers is answered for, over HTTP. */
import { percentile, type Figures } from '../harness/figures.ts';
import type { FunctionsServer } from './functions-server.ts';
import type { Language } from './language.ts';

const samples = 100;
/** Longer than it takes to clear away the sandbox before and to start the next one, so that neither is measured. */
const timeoutMs = 200;

export async function measureDeadline(
  server: FunctionsServer,
  language: Language,
  figures: Figures,
): Promise<void> {
  const { name, entry, endless } = language;
  const title = `${name}-endless`;
  await server.publish(title, { files: { [entry]: endless } });
  // Where no process is kept, nothing is loaded before the first execution.
  const context = { timeout_ms: timeoutMs, retain_session: false };
  const session = await server.initialize(title, { context });
  const lateness: number[] = [];
  while (lateness.length < samples) {
    const begun = performance.now();
    const { status, text } = await server.execute(session, {});
    const took = performance.now() - begun;
    if (status !== 504) throw new Error(`an endless function was answered with ${status} ${text}`);
    lateness.push(took - timeoutMs);
  }
  await server.unpublish(title);
  figures.put(`deadline p50 lateness (${name})`, 'ms', lateness);
  const p99 = percentile(lateness, 0.99);
  figures.put(`deadline p99 lateness (${name})`, 'ms', lateness, { value: p99, goal: { atMost: 20 } });
}
