/**
 * Every route of every face, one by one: a bad credential is refused on all of them before anything else is looked
 * at, and a credential that may only read changes nothing. Prevents what happened in CVE-2026-44848 (a route nobody
 * had authorised) and CVE-2026-23944 (a proxy in front of authentication).
 */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationScopes } from '../../src/api/ecs/scopes.ts';
import type { RouteEntry } from '../../src/api/access.ts';
import { loadConfig } from '../../src/config.ts';
import { allScopes, Scopes, roles, type Scope } from '../../src/core/scopes.ts';
import { startServer as startHere, type RunningServer } from '../../src/main.ts';
import { createKey } from '../fixtures/keys.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';
import { badCredentials, JWT_SECRET, type BadCredential } from './bad-credentials.ts';

/** Metrics have an address of their own, so that they are free nowhere else. */
const ownMetrics = ['--metrics-listen', '127.0.0.1:0'];
const flags = [
  '--auth',
  'required',
  '--jwt-secret',
  JWT_SECRET,
  '--rate-limit',
  '0',
  '--reset',
  ...ownMetrics,
];

let server: TestServer;
let routes: readonly RouteEntry[];
let admin: string;
let bad: BadCredential[];

beforeAll(async () => {
  server = await startServer({ flags });
  routes = await routeTable();
  admin = (await createKey(server.dataDir, '--role', 'admin')).key;
  bad = await badCredentials(server, admin);
}, 120_000);
afterAll(() => server?.stop());

/** Of a server of this process, which can be asked what it serves. */
async function routeTable(): Promise<readonly RouteEntry[]> {
  const here: RunningServer = await startHere(
    loadConfig({
      flags: {
        listen: ['127.0.0.1:0'],
        'data-dir': `${server.dataDir}/routes`,
        engine: 'simulated',
        'log-level': 'silent',
        reset: true,
      },
    }).config,
  );
  await here.close();
  return here.routes;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

let calls = 0;
/** From ever other loopback addresses: bad credentials are counted by address. */
function call(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  const localAddress = `127.${1 + (++calls >> 12)}.${(calls >> 4) & 255}.7`;
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers, localAddress, agent: false },
      (answer) => {
        text(answer).then(
          (said) => resolve({ status: answer.statusCode!, headers: answer.headers, body: said }),
          reject,
        );
      },
    );
    sent.once('error', reject).end(body);
  });
}

const webSockets = ['/ws', '/api/v1/containers/:container_id/exec'];
const pathOf = (url: string) => url.replace(/:[A-Za-z]+/g, 'x').replace(/\*/g, 'x');
const operations = Object.keys(operationScopes) as (keyof typeof operationScopes)[];
const target = (operation: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
});

describe('a bad credential', () => {
  it('is refused on every route that is not public', async () => {
    const guarded = routes.filter(({ access }) => access.scope !== 'public');
    expect(guarded.length).toBeGreaterThan(10);
    for (const { method, url } of guarded) {
      for (const { what, headers } of bad) {
        // What is no upgrade is told so first; a connection's first message shows who it is.
        const unspoken = what === 'no credential' && webSockets.includes(url);
        if (unspoken) continue;
        const { status } = await call(method, pathOf(url), headers);
        expect({ what, method, url, status }).toEqual({ what, method, url, status: 401 });
      }
    }
  });

  it('is refused for every operation, in words of the ECS API', async () => {
    for (const operation of operations) {
      for (const { what, headers } of bad) {
        const { status, body } = await call('POST', '/', { ...target(operation), ...headers }, '{}');
        const { __type, message } = JSON.parse(body) as Record<string, string>;
        expect({ operation, what, status }).toEqual({ operation, what, status: 401 });
        expect(__type).toMatch(
          /^(UnauthorizedException|UnrecognizedClientException|InvalidSignatureException)$/,
        );
        expect(message).not.toBe('');
      }
    }
  });

  it.each(['/nowhere', '/api/v1/nowhere', '/v1/nowhere', '/auth/nowhere', '/v1/ecs/default/clusters'])(
    'is refused before a route is even looked for: %s',
    async (path) => {
      for (const { what, headers } of bad) {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
          expect({ what, method, status: (await call(method, path, headers)).status }).toEqual({
            what,
            method,
            status: 401,
          });
        }
      }
    },
  );

  it('under /api/v1 is told in the words of both documents', async () => {
    for (const { headers } of bad) {
      const { body } = await call('GET', '/api/v1/nowhere', headers);
      expect(JSON.parse(body)).toMatchObject({
        code: 401,
        message: expect.any(String) as string,
        errors: expect.any(Array) as unknown[],
        error: { code: 'UNAUTHORIZED', message: expect.any(String) as string },
      });
    }
  });
});

it('only these routes need no credential', () => {
  const open = routes.filter(({ access }) => access.scope === 'public').map(({ url }) => url);
  expect([...new Set(open)].sort()).toEqual([
    '/auth/login',
    '/docs',
    '/docs/page.js',
    '/docs/swagger-ui-bundle.js',
    '/docs/swagger-ui.css',
    // Its session is a credential of one use.
    '/exec/:session',
    '/health',
    '/health/live',
    '/health/ready',
    '/openapi.json',
  ]);
});

it('only these take their credential later than at the door', () => {
  const later = routes.filter(({ access }) => access.scope === 'later').map(({ url }) => url);
  expect([...new Set(later)].sort()).toEqual(['/api/v1/containers/:container_id/exec', '/metrics', '/ws']);
});

it('the scopes of routes and operations are those of the scope table', () => {
  const declared = new Set<string>([
    ...Object.values(operationScopes),
    ...routes.flatMap(({ access }) => (access.scope.includes(':') ? [access.scope] : [])),
  ]);
  expect([...declared].filter((scope) => !allScopes.includes(scope as Scope))).toEqual([]);
  const unused = allScopes.filter((scope) => !declared.has(scope));
  // Asked for inside a route, or by the faces that are to come.
  const faces = /^(execute|read|functions|containers|images):/;
  expect(unused.filter((scope) => !faces.test(scope))).toEqual(['admin:accounts']);
});

describe('a credential that may only read', () => {
  let viewer: Record<string, string>;
  beforeAll(async () => {
    viewer = { 'x-api-key': (await createKey(server.dataDir, '--role', 'viewer')).key };
  });
  const reads = new Scopes(roles.viewer);

  it('is refused by every operation that changes something, naming the scope', async () => {
    for (const operation of operations) {
      const scope = operationScopes[operation];
      const { status, body } = await call('POST', '/', { ...target(operation), ...viewer }, '{}');
      if (reads.allows(scope)) {
        expect({ operation, status: status === 401 || status === 403 }).toEqual({ operation, status: false });
      } else {
        expect({ operation, status }).toEqual({ operation, status: 403 });
        expect(JSON.parse(body)).toMatchObject({ __type: 'AccessDeniedException' });
        expect(body).toContain(scope);
      }
    }
  });

  it('is refused on every other route that it has no scope for', async () => {
    const beyond = routes.filter(
      ({ access }) => access.scope.includes(':') && !reads.allows(access.scope as Scope),
    );
    expect(beyond.length).toBeGreaterThan(5);
    for (const { method, url } of beyond) {
      const { status } = await call(method, pathOf(url), viewer);
      expect({ method, url, status }).toEqual({ method, url, status: 403 });
    }
  });
});

it('a key in a query string opens nothing', async () => {
  for (const name of ['api_key', 'apikey', 'key', 'token', 'access_token', 'X-API-Key', 'x-api-key']) {
    const { status } = await call('GET', `/auth/whoami?${name}=${admin}`, {});
    expect({ name, status }).toEqual({ name, status: 401 });
  }
});
