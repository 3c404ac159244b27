/** workerd, the server of Cloudflare Workers, with the function as its one worker. From npm, once per clone. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { run } from '../../test/fixtures/processes.ts';
import { end, spawnApart } from '../harness/child.ts';
import type { Cleanup } from '../harness/cleanup.ts';

const version = '1.20261117.1';
const kept = fileURLToPath(new URL('../../.cache/workerd/', import.meta.url));
const installWithinMs = 120_000;
const startWithinMs = 20_000;
/** Of the child, where it says what it listens on. */
const control = 3;

const worker = `import handler from 'function.js';

export default {
  async fetch(request) {
    const { params } = await request.json();
    return Response.json(await handler(params, {}));
  },
};
`;

const configuration = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "function.js", esModule = embed "function.js"),
  ],
  compatibilityDate = "2026-11-01",
);
`;

/** Its port. Undefined where it cannot be had here; then it says why on standard error. */
export async function startWorkerd(cleanup: Cleanup, handler: string): Promise<number | undefined> {
  try {
    return await serve(cleanup, await installed(cleanup), handler);
  } catch (error) {
    process.stderr.write(`bench: skipped: workerd: ${(error as Error).message}\n`);
    return undefined;
  }
}

/** The path of its program. */
async function installed(cleanup: Cleanup): Promise<string> {
  const platform = { x64: 'linux-64', arm64: 'linux-arm64' }[process.arch as string];
  if (platform === undefined) throw new Error(`there is none for ${process.arch}`);
  const directory = join(kept, version);
  const program = `node_modules/@cloudflare/workerd-${platform}/bin/workerd`;
  if (existsSync(directory)) return join(directory, program);
  await mkdir(kept, { recursive: true });
  // Gets its name when it is whole.
  const draft = await mkdtemp(join(kept, '.draft-'));
  cleanup.add(() => rm(draft, { recursive: true, force: true }));
  const flags = [
    '--ignore-scripts',
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run('npm', ['install', '--prefix', draft, ...flags, `workerd@${version}`], {
    timeout: installWithinMs,
  });
  if (!existsSync(join(draft, program))) throw new Error(`npm installed no program for ${platform}`);
  await rename(draft, directory);
  return join(directory, program);
}

async function serve(cleanup: Cleanup, program: string, handler: string): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'lsbw-'));
  cleanup.add(() => rm(directory, { recursive: true, force: true }));
  await copyFile(handler, join(directory, 'function.js'));
  await writeFile(join(directory, 'worker.js'), worker);
  const file = join(directory, 'config.capnp');
  await writeFile(file, configuration);
  const child = spawnApart([program, 'serve', `--control-fd=${control}`, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  cleanup.add(() => end(child));
  const exited = once(child, 'exit').then(([code]) => `it ended with ${code}`);
  return listening(child.stdio[control] as NodeJS.ReadableStream, exited);
}

/** It tells in lines such as {"event":"listen","socket":"http","port":8080}. */
function listening(told: NodeJS.ReadableStream, exited: Promise<string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(reason));
    createInterface({ input: told }).on('line', (line) => {
      const { event, port } = JSON.parse(line) as { event?: string; port?: number };
      if (event === 'listen' && port !== undefined) resolve(port);
    });
    exited.then(fail, reject);
    setTimeout(() => fail(`it does not serve within ${startWithinMs} ms`), startWithinMs).unref();
  });
}
