import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { exposureOf } from './exposure.ts';

async function socket(mode: number): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ls-exposure-'));
  const path = join(directory, 'e.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await chmod(path, mode);
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true });
  });
  return path;
}

it('warns of a socket that everyone may write to', async () => {
  const path = await socket(0o666);
  expect(await exposureOf(`unix://${path}`)).toContain(`chmod o-rwx ${path}`);
});

it('is content with a socket of its owner and group, and with none', async () => {
  expect(await exposureOf(`unix://${await socket(0o660)}`)).toBeUndefined();
  expect(await exposureOf('unix:///nowhere/e.sock')).toBeUndefined();
});

it('warns of an engine over the network', async () => {
  expect(await exposureOf('tcp://10.0.0.1:2375')).toContain('without TLS');
});
