/** Makes clients/typescript/src/generated/openapi.ts from `/openapi.json` of a server that runs no containers. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { loadConfig } from '../src/config.ts';
import { startServer } from '../src/main.ts';

const target = join(import.meta.dirname, '../clients/typescript/src/generated/openapi.ts');
const head = '// Made from /openapi.json by script/generate-client. Do not edit.\n\n';

async function servedDocument(): Promise<OpenAPI3> {
  const dataDir = await mkdtemp(join(tmpdir(), 'longshore-client-'));
  try {
    const { config } = loadConfig({
      flags: {
        'data-dir': dataDir,
        engine: 'simulated',
        listen: ['127.0.0.1:0'],
        auth: 'none',
        reset: true,
        'log-level': 'silent',
      },
    });
    const server = await startServer(config);
    try {
      const response = await fetch(`${server.urls[0]}/openapi.json`);
      return (await response.json()) as OpenAPI3;
    } finally {
      await server.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

const text = head + astToString(await openapiTS(await servedDocument()));
if (process.argv.includes('--check')) {
  const current = await readFile(target, 'utf8').catch(() => '');
  if (current !== text) {
    console.error('clients/typescript is out of date: run script/generate-client and commit what it wrote.');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
