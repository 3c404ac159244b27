/** What is asked, and what is told of it, with an origin and another one on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../test/fixtures/npm-registry.ts';
import { PackageOrigin } from './package-origin.ts';

let web: TestRegistry;
let elsewhere: TestRegistry;
let directory: string;

beforeAll(async () => {
  [web, elsewhere] = [await startRegistry(), await startRegistry()];
  directory = await mkdtemp(join(tmpdir(), 'longshore-origin-'));
});
afterAll(async () => {
  await web.close();
  await elsewhere.close();
  await rm(directory, { recursive: true });
});

/** Of a download that is redirected. */
async function refusal(base: string, from: string, location: string): Promise<string> {
  web.answers.set(from, (_request, response) => response.writeHead(302, { location }).end());
  const url = new URL(from, web.url);
  const limits = { bytes: 1024, algorithm: 'sha256' };
  const { signal } = new AbortController();
  return new PackageOrigin(base).download(url, join(directory, 'file'), limits, signal).then(
    () => expect.fail('it was fetched'),
    (error: Error) => error.message,
  );
}

describe('an origin', () => {
  it('tells nothing of the query of what it redirects to', async () => {
    const [within, other] = [web.url, elsewhere.url].map((url) => `${url}signed.tgz?signature=secret`);
    expect(await refusal(web.url, '/old.tgz', within!)).toBe(`${web.url}signed.tgz answers 404`);
    expect(await refusal(web.url, '/old.tgz', other!)).toBe(
      `it is at ${new URL(elsewhere.url).origin}, and only ${web.url} is asked`,
    );
    expect(elsewhere.asked).toEqual([]);
  });

  it.each(['..%2fsecret', 'a/..%2F..%2fsecret', '..%5Csecret', '%2e%2e%2fsecret', 'a%2Eb', '..%252fsecret'])(
    'with a path holds nothing below it whose slashes or dots are encoded: %s',
    async (path) => {
      const base = new URL('team%2Fa/npm/', web.url);
      expect(new PackageOrigin(base.href).holds(new URL(path, base))).toBe(false);
      const said = await refusal(base.href, `${base.pathname}old.tgz`, base.pathname + path);
      expect(said).toMatch(/^it is at http.* and only http.* is asked$/);
      expect(web.asked.at(-1)).toBe(`${base.pathname}old.tgz`);
      expect(new PackageOrigin(base.href).holds(new URL('@a/b%2B/-/b-1.0.0.tgz', base))).toBe(true);
    },
  );
});
