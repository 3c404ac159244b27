import { link, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Runtime } from '../core/ports/runtime.ts';
import { filesOf } from '../linux/programs.ts';
import { nodejsRuntime } from '../runtimes/nodejs/runtime.ts';
import { openTestPool } from '../../test/fixtures/sandbox-pool.ts';

let prefix: string;
let program: string;

beforeEach(async () => {
  prefix = await mkdtemp(join(homedir(), '.longshore-prefix-'));
  program = join(prefix, 'bin', 'node');
  await mkdir(join(prefix, 'bin'));
  await link(process.execPath, program).catch(() => copyFile(process.execPath, program));
  await writeFile(join(prefix, 'bin', 'beside'), 'of nobody else');
  await writeFile(join(prefix, 'secret'), 'of nobody else');
});
afterEach(() => rm(prefix, { recursive: true, force: true }));

const source = `
  import { readdirSync, writeFileSync } from 'node:fs';
  export default ({ paths, program }) => {
    const attempt = (work) => { try { return work(); } catch (error) { return error.code; } };
    return [process.execPath, attempt(() => writeFileSync(program, '')), ...paths.map((path) => readdirSync(path).sort())];
  };`;

it('shows of an interpreter outside /usr the program alone, and nothing that lies beside it', async () => {
  const installed: Runtime = {
    ...nodejsRuntime,
    launch: (memoryBytes) => {
      const { argv, ...launch } = nodejsRuntime.launch(memoryBytes);
      return { ...launch, argv: [program, ...argv.slice(1)], directories: filesOf(program) };
    },
  };
  const pool = await openTestPool([installed]);
  try {
    const sandbox = await pool.claim({
      runtime: 'nodejs',
      use: { principal: 'user:test', session: 'session' },
      code: { digest: 'd', files: { 'index.mjs': source }, entry: 'index.mjs' },
      environment: {},
      timeoutMs: 20_000,
    });
    const paths = [prefix, join(prefix, 'bin'), homedir()];
    const { result } = await sandbox.invoke({ params: { paths, program }, context: {}, timeoutMs: 5_000 });
    const [name] = prefix.split('/').slice(-1);
    expect(result).toEqual([program, 'EROFS', ['bin'], ['node'], [name]]);
  } finally {
    await pool.close();
  }
});
