/** A Longshore server as its users start it: the built program, in a process and a data directory of its own. */
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { removeTree } from '../../test/fixtures/leftovers.ts';
import { end, spawnApart } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { JsonClient } from './json-client.ts';

const program = fileURLToPath(new URL('../../bin/longshore.js', import.meta.url));
const startsWithinMs = 60_000;

export interface Longshore {
  pid: number;
  port: number;
  /** One call of the ECS API. Throws where the answer is not 200. */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
}

export interface LongshoreOptions {
  environment?: Record<string, string>;
  /** Prepares the data directory before the server has it. */
  prepare?: (dataDir: string) => Promise<void>;
  /** Of the calls: a credential, where one is needed. */
  headers?: () => Record<string, string>;
  /** Where the server speaks TLS: what its certificate is checked with. */
  tls?: { ca: string };
}

/** `flags` of `longshore serve`. The server, its tasks and its data go with the clean-up. */
export async function startLongshore(
  cleanup: Cleanup,
  flags: readonly string[],
  options: LongshoreOptions = {},
): Promise<Longshore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lsb-'));
  cleanup.add(() => removeTree(dataDir));
  await options.prepare?.(dataDir);
  const child = spawnApart(
    [
      process.execPath,
      program,
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--data-dir',
      dataDir,
      '--reset',
      '--rate-limit',
      '0',
      '--log-level',
      'warn',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...serverEnvironment(), ...options.environment } },
  );
  cleanup.add(() => end(child));
  const port = await portInBanner(child.stdout!, once(child, 'exit'));
  const client = new JsonClient({ host: '127.0.0.1', port, ...options.tls });
  const credential = () => options.headers?.() ?? {};
  cleanup.add(async () => {
    // Tasks outlive a server, so they go before it does.
    await client.call({ method: 'POST', path: '/_longshore/reset', headers: credential() });
    client.close();
  });
  const call = (operation: string, body: object) =>
    client.call({
      method: 'POST',
      path: '/',
      headers: { ...ecsHeaders(operation), ...credential() },
      body,
    });
  return { pid: child.pid!, port, call };
}

/** Without what a user's shell may have set for another server. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LONGSHORE_')));
}

async function portInBanner(stdout: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<number> {
  const lines = createInterface({ input: stdout });
  const listening = new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const port = /^\s*ECS API\s+https?:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
    exited.then(() => reject(new Error('the server ended before it served')), reject);
    setTimeout(() => reject(new Error('the server does not serve after a minute')), startsWithinMs).unref();
  });
  return listening;
}

export const ecsHeaders = (operation: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
});
