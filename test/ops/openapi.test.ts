/** The OpenAPI document as a server serves it: valid, complete, and true to what the routes declare. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLongshoreClient } from '../../clients/typescript/src/index.ts';
import { loadConfig } from '../../src/config.ts';
import { startServer as startInProcess } from '../../src/main.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: unknown[];
  responses: Record<string, object>;
  'x-longshore-scope'?: string;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

let server: Awaited<ReturnType<typeof startInProcess>>;
let dataDir: string;
let url: string;
let document: Document;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'longshore-openapi-'));
  const flags = { 'data-dir': dataDir, engine: 'simulated', listen: ['127.0.0.1:0'], 'log-level': 'silent' };
  server = await startInProcess(loadConfig({ flags }).config);
  url = server.urls[0]!;
  document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await server?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** `GET /a/{b}` with its operation. */
const described = () =>
  new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    ),
  );

/** Protocols of their own, pages, second spellings of a path, and what is there to say that it is not offered. */
const isLeftOut = (key: string) =>
  /^(ecs|live) |^ops GET \/docs|^piston \w+ \/api\/v2\/packages$|^lambda .*\/$/.test(key);

describe('the document', () => {
  it('is valid OpenAPI 3.1, with examples that fit their schemas', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const rules = {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'no-invalid-schema-examples': 'error',
      'no-invalid-media-type-examples': 'error',
      'operation-operationId-unique': 'error',
      'path-parameters-defined': 'error',
      'security-defined': 'error',
    } as const;
    const config = await createConfig({ rules });
    const lint = async (source: string) =>
      (await lintFromString({ source, config })).map(
        ({ message, location }) => `${location[0]?.pointer}: ${message}`,
      );
    expect(await lint(JSON.stringify(document))).toEqual([]);
    // The rules bite: on a form that is none, and on an example that does not fit.
    const planted = (from: RegExp, to: string) => JSON.stringify(document).replace(from, to);
    expect(await lint(planted(/"in":"query"/, '"in":"nowhere"'))).not.toEqual([]);
    expect(await lint(planted(/"examples":\[200\]/, '"examples":["two hundred"]'))).not.toEqual([]);
  });

  it('has every REST route, with the scope that the door asks for', () => {
    const operations = new Map<string, Operation>(described());
    const undescribed: string[] = [];
    for (const { method, url: path, access } of server.routes) {
      if (method === 'HEAD') continue;
      const key = `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/images\/\*$/, 'images/{image_id}')}`;
      const operation = operations.get(key);
      if (operation === undefined) undescribed.push(`${access.face} ${key}`);
      else expect([key, operation['x-longshore-scope']]).toEqual([key, access.scope]);
      operations.delete(key);
    }
    expect(undescribed.filter((key) => !isLeftOut(key))).toEqual([]);
    expect([...operations.keys()]).toEqual([]);
  });

  it('says of every route what it is called, what it does and how it answers', () => {
    for (const [key, operation] of described()) {
      expect([key, operation.operationId, operation.summary, operation.tags]).toEqual([
        key,
        expect.stringMatching(/^[a-z][A-Za-z]+$/),
        expect.stringMatching(/^[A-Z]/),
        [expect.any(String)],
      ]);
      const statuses = Object.keys(operation.responses);
      expect([key, statuses.some((status) => status.startsWith('2'))]).toEqual([key, true]);
      const isOpen = operation['x-longshore-scope'] === 'public';
      expect([key, operation.security]).toEqual([key, isOpen ? [] : undefined]);
      if (!isOpen) expect([key, statuses]).toEqual([key, expect.arrayContaining(['4XX'])]);
    }
  });

  it('has routes that are added late and deep', async () => {
    const { openApp } = await import('../fixtures/app.ts');
    const app = openApp();
    const config = { access: { face: 'ops', scope: 'audit:read' } } as const;
    void app.register(async (inner) => {
      await inner.register(async (deep) => void deep.get('/deep/:id', { config }, async () => ({})), {
        prefix: '/late',
      });
    });
    await app.ready();
    const { paths } = app.swagger() as unknown as Document;
    expect(paths['/late/deep/{id}']?.['get']?.['x-longshore-scope']).toBe('audit:read');
    expect(paths['/probe']?.['post']?.['x-longshore-scope']).toBe('public');
  });
});

describe('the page', () => {
  it('loads nothing from elsewhere, and all that it names is there', async () => {
    const page = await fetch(`${url}/docs`);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/http|\*|unsafe-eval/);
    const text = await page.text();
    const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    const files = named.filter((link) => !link.startsWith('data:'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const answer = await fetch(new URL(file, `${url}/docs`));
      expect([file, answer.status, answer.headers.get('x-content-type-options')]).toEqual([
        file,
        200,
        'nosniff',
      ]);
      const type = { css: /^text\/css/, js: /^text\/javascript/ }[file.split('.').at(-1)!];
      if (type) expect(answer.headers.get('content-type')).toMatch(type);
    }
    expect(text).not.toMatch(/https?:/);
  });
});

it('drives the REST routes through the client made from it', async () => {
  const client = createLongshoreClient({ url });
  const { data: health } = await client.GET('/health');
  expect(health?.status).toBe('ok');
  const { data: page } = await client.GET('/audit', { params: { query: { limit: 1 } } });
  expect(page?.entries).toEqual([]);
  const { error, response } = await client.POST('/_longshore/reset');
  expect([response.status, error?.code]).toEqual([404, 'NotFound']);
  const logs = await client.GET('/api/tasks/{task}/containers/{name}/logs', {
    params: { path: { task: 'none', name: 'app' } },
    parseAs: 'text',
  });
  expect([logs.response.status, logs.error?.code]).toEqual([404, 'ResourceNotFound']);
});
