/** Keys as an operator has them: made on the command line, used over HTTP, revoked while the server runs. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createAccessKey, createKey, longshore } from '../fixtures/keys.ts';
import { program } from '../fixtures/program.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const run = promisify(execFile);
const required = { flags: ['--auth', 'required'] };

async function dataDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'longshore-keys-'));
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** What a command printed, with its exit code. */
async function cli(dataDir: string, argv: string[], stdin?: string) {
  const child = spawn(process.execPath, [...program, ...argv, '--data-dir', dataDir], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(stdin ?? '');
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...output };
}

interface Call {
  key?: string;
  token?: string;
  method?: string;
  body?: object;
}

async function call(server: TestServer, path: string, { key, token, method, body }: Call = {}) {
  const response = await fetch(server.url + path, {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: {
      ...(key !== undefined && { 'x-api-key': key }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

const whoami = (server: TestServer, credential: Call) => call(server, '/auth/whoami', credential);

test('the first admin key is printed once, works, and is in no log and no file', async () => {
  const dataDir = await dataDirectory();
  const first = await startServer({ dataDir, ...required });
  onTestFinished(() => first.stop());
  expect(first.log()).toContain('Auth      required');
  await expect.poll(() => first.log()).toContain('/auth/whoami');
  const [key = ''] = /lsk_\w{12}_[\w-]{43}/.exec(first.log()) ?? [];
  expect(await whoami(first, { key })).toMatchObject({ status: 200, body: { scopes: ['*:*'] } });
  expect(await whoami(first, {})).toMatchObject({ status: 401 });
  await first.stop();
  const secret = key.slice('lsk_'.length + 13);
  expect(secret).toHaveLength(43);
  const { stdout } = await run('grep', ['-rla', '--', secret, dataDir]).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(stdout).toBe('');

  const second = await startServer({ dataDir, ...required });
  onTestFinished(() => second.stop());
  expect(second.log()).not.toMatch(/lsk_/);
  expect(await whoami(second, { key })).toMatchObject({ status: 200 });
});

test('no key is made where one is there already, or where nobody is asked', async () => {
  const dataDir = await dataDirectory();
  const { key } = await createKey(dataDir, '--role', 'viewer');
  const server = await startServer({ dataDir, ...required });
  onTestFinished(() => server.stop());
  expect(server.log()).not.toContain('lsk_');
  expect(await whoami(server, { key })).toMatchObject({ status: 200 });
  await server.stop();

  const open = await startServer();
  onTestFinished(() => open.stop());
  expect(open.log()).not.toContain('lsk_');
  expect(open.log()).toContain('Auth      none: only this machine can call');
});

test('files and the socket are for their owner only, and the socket ends with the server', async () => {
  const dataDir = await dataDirectory();
  await createAccessKey(dataDir, '--role', 'viewer');
  const mode = (...path: string[]) => statSync(join(dataDir, ...path)).mode & 0o777;
  expect([mode('keys'), mode('keys', 'sealing.key')]).toEqual([0o700, 0o600]);
  const server = await startServer({ dataDir, ...required });
  onTestFinished(() => server.stop());
  expect(mode('control.sock')).toBe(0o600);
  expect(readdirSync(join(dataDir, 'keys')).map((name) => mode('keys', name))).toSatisfy((modes: number[]) =>
    modes.every((each) => each === 0o600),
  );
  await server.kill();
  expect(existsSync(join(dataDir, 'control.sock'))).toBe(true);
  const { id } = await createKey(dataDir, '--role', 'viewer');
  const again = await startServer({ dataDir, ...required });
  onTestFinished(() => again.stop());
  expect((await cli(dataDir, ['key', 'revoke', id])).code).toBe(0);
  await again.stop();
  expect(existsSync(join(dataDir, 'control.sock'))).toBe(false);
});

test('a server is found though its data directory has a long path', async () => {
  const dataDir = join(await dataDirectory(), 'd'.repeat(100));
  const server = await startServer({ dataDir, ...required });
  onTestFinished(() => server.stop());
  const { key } = await createKey(dataDir, '--role', 'viewer');
  expect(await whoami(server, { key })).toMatchObject({ status: 200 });
});

describe('on a running server', () => {
  let server: TestServer;
  let admin: string;
  beforeAll(async () => {
    server = await startServer({ flags: ['--auth', 'required', '--reset', '--log-level', 'debug'] });
    ({ key: admin } = await createKey(server.dataDir, '--role', 'admin'));
  });
  afterAll(() => server.stop());

  test('the command line makes exactly an id and a key, or a pair', async () => {
    const key = await createKey(server.dataDir, '--role', 'viewer', '--name', 'laptop');
    expect(Object.keys(key)).toEqual(['id', 'key']);
    expect(key.key).toMatch(new RegExp(`^${key.id}_[A-Za-z0-9_-]{43}$`));
    const pair = await createAccessKey(server.dataDir, '--role', 'viewer');
    expect(Object.keys(pair)).toEqual(['accessKeyId', 'secretAccessKey']);
    expect(pair.accessKeyId).toMatch(/^LSIA[A-Z2-7]{16}$/);
    expect(pair.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    const listed = await longshore<{ id: string; name: string }[]>(server.dataDir, 'key', 'list');
    expect(listed).toContainEqual(expect.objectContaining({ id: key.id, name: 'laptop', state: 'active' }));
    const text = JSON.stringify(listed);
    for (const secret of [key.key, pair.secretAccessKey, 'hash', 'sealed'])
      expect(text).not.toContain(secret);
  });

  test('revoking takes effect with the next request', async () => {
    const { id, key } = await createKey(server.dataDir, '--role', 'viewer');
    expect(await whoami(server, { key })).toMatchObject({ status: 200, body: { keyId: id } });
    expect((await cli(server.dataDir, ['key', 'revoke', id])).stdout).toBe(`${id} is revoked\n`);
    const refused = await whoami(server, { key });
    expect(refused.status).toBe(401);
    const unknown = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    expect(await whoami(server, { key: unknown })).toEqual(refused);
  });

  test('a key expires', async () => {
    const made = await call(server, '/auth/keys', { key: admin, body: { role: 'viewer', ttlSeconds: 1 } });
    expect(made).toMatchObject({ status: 201, body: { state: 'active' } });
    const key = made.body['key'] as string;
    await expect.poll(async () => (await whoami(server, { key })).status, { timeout: 10_000 }).toBe(401);
    const { body } = await call(server, `/auth/keys/${made.body['id'] as string}`, { key: admin });
    expect(body).toMatchObject({ state: 'expired' });
    expect(body).not.toHaveProperty('key');
  });

  test('nobody gives themselves more', async () => {
    const scopes = ['keys:*', 'users:*', 'clusters:read'];
    const { body } = await call(server, '/auth/keys', { key: admin, body: { scopes } });
    const key = body['key'] as string;
    const password = 'correct horse battery';
    const attempts: [string, object][] = [
      ['/auth/keys', { role: 'admin' }],
      ['/auth/keys', { scopes: ['clusters:*'] }],
      ['/auth/keys', { kind: 'access-key', scopes: ['tasks:read'] }],
      ['/auth/keys', { scopes: ['clusters:read'], account: '111111111111' }],
      ['/auth/tokens', { subject: 'x', role: 'viewer' }],
      ['/auth/users', { name: 'eve', password, role: 'operator' }],
      ['/auth/service-accounts', { name: 'eve', roles: ['viewer'] }],
    ];
    for (const [path, asked] of attempts) {
      expect([path, asked, (await call(server, path, { key, body: asked })).status]).toEqual([
        path,
        asked,
        403,
      ]);
    }
    const less = await call(server, '/auth/keys', { key, body: { scopes: ['clusters:read'] } });
    expect(less.status).toBe(201);
    const viewer = await createKey(server.dataDir, '--role', 'viewer');
    expect((await call(server, '/auth/keys', { key: viewer.key })).status).toBe(403);
  });

  test('a person logs in with a password from standard input, and out again', async () => {
    const password = 'correct horse battery';
    const made = await cli(server.dataDir, ['user', 'create', 'ann', '--role', 'operator'], `${password}\n`);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const wrong = { username: 'ann', password: 'something else' };
    expect((await call(server, '/auth/login', { body: wrong })).status).toBe(401);
    const { status, body } = await call(server, '/auth/login', { body: { username: 'ann', password } });
    expect([status, body['expiresIn'], Object.keys(body)]).toEqual([200, 86_400, ['token', 'expiresIn']]);
    const token = body['token'] as string;
    expect(await whoami(server, { token })).toMatchObject({
      status: 200,
      body: { subject: 'user:ann', kind: 'token', account: '000000000000' },
    });
    expect((await call(server, '/auth/logout', { token, method: 'POST' })).status).toBe(204);
    expect((await whoami(server, { token })).status).toBe(401);
  });

  test('a new password ends the tokens before it', async () => {
    const password = 'correct horse battery';
    await call(server, '/auth/users', { key: admin, body: { name: 'bea', password, role: 'viewer' } });
    const login = async (given: string) =>
      call(server, '/auth/login', { body: { username: 'bea', password: given } });
    const token = (await login(password)).body['token'] as string;
    expect((await whoami(server, { token })).status).toBe(200);
    const changed = await cli(server.dataDir, ['user', 'password', 'bea'], 'another horse battery\n');
    expect(changed.code).toBe(0);
    expect((await whoami(server, { token })).status).toBe(401);
    expect((await login(password)).status).toBe(401);
    const next = (await login('another horse battery')).body['token'] as string;
    expect((await whoami(server, { token: next })).status).toBe(200);
  });

  test('a token ends with who made it: the person, or the service account whose key it was', async () => {
    const password = 'correct horse battery';
    const asAdmin = (path: string, body: object, method = 'POST') =>
      call(server, path, { key: admin, body, method });
    await asAdmin('/auth/users', { name: 'eve', password, role: 'admin' });
    const login = await call(server, '/auth/login', { body: { username: 'eve', password } });
    const made = await asAdmin('/auth/service-accounts', { name: 'bot', roles: ['admin'] });
    const asked = { subject: 'backdoor', role: 'admin', ttlSeconds: 31_536_000 };
    for (const [path, credential] of [
      ['/auth/users/eve', { token: login.body['token'] as string }],
      ['/auth/service-accounts/bot', { key: made.body['apiKey'] as string }],
    ] as const) {
      const { status, body } = await call(server, '/auth/tokens', { ...credential, body: asked });
      const token = body['token'] as string;
      expect([status, (await whoami(server, { token })).body['subject']]).toEqual([201, 'token:backdoor']);
      expect((await asAdmin(path, { disabled: true }, 'PUT')).status).toBe(200);
      expect((await whoami(server, { token })).status).toBe(401);
    }
  });

  test('a service account comes with a key that is refused while it is disabled', async () => {
    const body = { name: 'ci', description: 'Deploys', roles: ['viewer', 'operator'] };
    const made = await call(server, '/auth/service-accounts', { key: admin, body });
    expect(made).toMatchObject({ status: 201, body: { serviceAccountId: 'service:ci' } });
    const key = made.body['apiKey'] as string;
    const { body: caller } = await whoami(server, { key });
    expect(caller).toMatchObject({ subject: 'service:ci', kind: 'api-key' });
    expect(caller['scopes']).toContain('tasks:*');
    const path = '/auth/service-accounts/ci';
    await call(server, path, { key: admin, method: 'PUT', body: { disabled: true } });
    expect((await whoami(server, { key })).status).toBe(401);
    await call(server, path, { key: admin, method: 'PUT', body: { disabled: false } });
    expect((await whoami(server, { key })).status).toBe(200);
    expect((await call(server, path, { key: admin, method: 'DELETE' })).status).toBe(204);
    expect((await whoami(server, { key })).status).toBe(401);
  });

  test('a token made on the command line allows what it names', async () => {
    const { token, expiresIn } = await longshore<{ token: string; expiresIn: number }>(
      server.dataDir,
      ...['token', 'create', '--subject', 'ci', '--scope', 'clusters:list', '--ttl', '1h'],
    );
    expect(expiresIn).toBe(3600);
    expect(await whoami(server, { token })).toMatchObject({
      status: 200,
      body: { subject: 'token:ci', scopes: ['clusters:read'] },
    });
    expect((await call(server, '/auth/keys', { token })).status).toBe(403);
  });

  test('what is wrong is named with what was meant', async () => {
    const failed = await cli(server.dataDir, ['key', 'create', '--scope', 'cluster:read']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("there is no scope 'cluster:read' (did you mean clusters:read?)");
    expect((await cli(server.dataDir, ['key', 'create'])).code).toBe(2);
    expect((await cli(server.dataDir, ['user', 'create', 'x', '--role', 'viewer'])).stderr).toContain(
      'no password',
    );
    const { status, body } = await call(server, '/auth/keys', {
      key: admin,
      body: { role: 'viewer', ttl: '30d' },
    });
    expect([status, body['message']]).toEqual([400, expect.stringContaining('ttl')]);
  });

  test('a reset forgets what ran, not who may call', async () => {
    const listed = () => call(server, '/v1/ListClusters', { key: admin, body: {} });
    await call(server, '/v1/CreateCluster', { key: admin, body: { clusterName: 'one' } });
    expect((await listed()).body['clusterArns']).toHaveLength(1);
    expect((await call(server, '/_longshore/reset', { key: admin, method: 'POST' })).status).toBe(200);
    expect((await listed()).body['clusterArns']).toHaveLength(0);
  });

  test('neither a key nor a password is in the log or the audit log', () => {
    const audit = join(server.dataDir, 'audit');
    const written = readdirSync(audit).map((name) => readFileSync(join(audit, name), 'utf8'));
    // The banner shows the first key; lines of the log are JSON.
    const logged = server.log().match(/^\{.*$/gm) ?? [];
    expect(logged.length).toBeGreaterThan(0);
    const all = [...logged, ...written].join('\n');
    expect(all).toContain('login');
    expect(all).not.toMatch(/lsk_\w{12}_[\w-]{43}|battery|eyJ/);
  });
});

describe('without a server', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await dataDirectory();
  });

  test('what the command line makes and revokes holds at the next start', async () => {
    const good = await createKey(dataDir, '--role', 'viewer');
    const revoked = await createKey(dataDir, '--role', 'viewer');
    expect((await cli(dataDir, ['key', 'revoke', revoked.id])).code).toBe(0);
    const { token } = await longshore<{ token: string }>(
      dataDir,
      ...['token', 'create', '--subject', 'ci', '--role', 'viewer'],
    );
    const server = await startServer({ dataDir, ...required });
    onTestFinished(() => server.stop());
    expect((await whoami(server, { key: good.key })).status).toBe(200);
    expect((await whoami(server, { key: revoked.key })).status).toBe(401);
    expect((await whoami(server, { token })).status).toBe(200);
  });
});
