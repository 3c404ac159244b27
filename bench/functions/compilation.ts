/** What a session of code that is compiled waits for. */
import type { Figures } from '../harness/figures.ts';
import type { FunctionsServer } from './functions-server.ts';

const samples = 5;
const source = 'fn handler(params: Value, _: Value) -> Result<Value, String> { Ok(params) }';

/** What the first function in Rust on a machine takes, which prepares the language, and what each new one takes after. */
export async function measureCompilation(server: FunctionsServer, figures: Figures): Promise<void> {
  const took = async (script: string) => {
    const begun = performance.now();
    const context = { timeout_ms: 300_000 };
    await server.initialize('rust-compiled', { context, script_content: script });
    return performance.now() - begun;
  };
  figures.put('prepare and compile the first (rust)', 's', [(await took(source)) / 1000]);
  const anew: number[] = [];
  for (let turn = 0; turn < samples; turn++) anew.push(await took(`${source} // ${turn}`));
  figures.put('initialize, compiled anew (rust)', 'ms', anew);
  const before: number[] = [];
  for (let turn = 0; turn < samples; turn++) before.push(await took(source));
  figures.put('initialize, compiled before (rust)', 'ms', before, { goal: { atMost: 20 } });
}
