/** The examples of the containers document in Python, JavaScript and cURL, as they are written, on a fresh server. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { run } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

export function exampleCases({ workshop, client, clear }: Suite): void {
  afterEach(clear);

  it.each<[string, string, string[]]>([
    ['python.txt', 'python3', ['-c']],
    ['javascript.txt', process.execPath, ['--input-type=module', '-e']],
    ['curl.txt', 'bash', ['-c']],
  ])('%s', async (name, program, flags) => {
    const { url } = workshop.it.server;
    const file = fileURLToPath(new URL(`examples/${name}`, import.meta.url));
    // Only where the server listens is another.
    const text = (await readFile(file, 'utf8')).replaceAll('http://localhost:8000', url);
    const stdout = await run(program, [...flags, text]);
    expect(stdout).toMatch(/['"]?code['"]?: ?200/);
    expect(stdout).toContain('test-container');
    expect(stdout).not.toMatch(/['"]?code['"]?: ?[45]/);
    expect(await client.data('GET', '/containers')).toMatchObject({
      total: 1,
      items: [{ name: 'test-container', image: 'nginx:latest', status: 'created' }],
    });
  });
}
