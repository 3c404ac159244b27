/** Commands that call a server which asks for a credential. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { program } from '../fixtures/program.ts';
import { createKey } from '../fixtures/keys.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ flags: ['--auth', 'required'] });
}, 60_000);
afterAll(() => server?.stop());

function logs(key?: string): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...program, 'logs', 'no-such-task', '--container', 'app', '--endpoint', server.url],
      {
        cwd: fileURLToPath(new URL('../../', import.meta.url)),
        env: { ...process.env, ...(key !== undefined && { LONGSHORE_API_KEY: key }) },
      },
      (error, _stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }),
    );
  });
}

it('say how to get one', async () => {
  expect(await logs()).toEqual({
    code: 1,
    stderr: expect.stringMatching(/asks for a credential: .*key create.*LONGSHORE_API_KEY/) as string,
  });
  expect((await logs('lsk_wrong')).stderr).toContain('does not accept the key in LONGSHORE_API_KEY');
});

it('show the one in the environment', async () => {
  const { key } = await createKey(server.dataDir, '--role', 'viewer');
  expect((await logs(key)).stderr).toContain("There is no task 'no-such-task'");
});
