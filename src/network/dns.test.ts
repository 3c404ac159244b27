import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { hostNameservers } from './dns.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function nameservers(resolvConf: string, upstream?: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'dns-'));
  directories.push(directory);
  const files = { resolvConf: join(directory, 'resolv.conf'), upstream: join(directory, 'upstream') };
  await writeFile(files.resolvConf, resolvConf);
  if (upstream !== undefined) await writeFile(files.upstream, upstream);
  return hostNameservers(files);
}

test('takes the host’s name servers in order', async () => {
  expect(
    await nameservers('# nameserver 9.9.9.9\nsearch x\nnameserver 10.0.0.2\n nameserver fd00::1 # v6\n'),
  ).toEqual(['10.0.0.2', 'fd00::1']);
});

test('a local stub gives way to the servers behind it', async () => {
  expect(await nameservers('nameserver 127.0.0.53\n', 'nameserver 10.0.0.2\nnameserver 127.0.0.1\n')).toEqual(
    ['10.0.0.2'],
  );
  expect(await nameservers('nameserver 127.0.0.1\nnameserver 10.0.0.3\n')).toEqual(['10.0.0.3']);
  expect(await nameservers('nameserver 127.0.0.1\n')).toEqual([]);
});
