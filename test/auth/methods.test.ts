/** Every way to say who calls, with real clients against a server that asks for it. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessKey, createApiKey } from '../../src/core/credentials.ts';
import { makeCertificates, pemOf, type Authority, type Certificates } from '../fixtures/certificates.ts';
import { inDataDirectory, issuerOf } from '../fixtures/credentials.ts';
import { ACCOUNT } from '../fixtures/door.ts';
import { run } from '../fixtures/processes.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let directory: string;
let certificates: Certificates;
let authority: Authority;
let server: TestServer;
let secure: TestServer;
let apiKey: string;
let accessKey: { id: string; secret: string };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'longshore-auth-'));
  const dataDir = join(directory, 'data');
  await inDataDirectory(dataDir, async (core, owner) => {
    apiKey = (await createApiKey(core, owner, { role: 'viewer' })).key;
    const { record, secretAccessKey } = await createAccessKey(core, owner, { role: 'operator' });
    accessKey = { id: record.id, secret: secretAccessKey };
  });
  const jwtKey = join(directory, 'issuer.pem');
  await writeFile(jwtKey, foreign.publicKey.export({ type: 'spki', format: 'pem' }));
  server = await startServer({
    dataDir,
    flags: [
      ...['--auth', 'required', '--rate-limit', '0', '--listen', '127.0.0.1:0', '--listen', 'localhost:0'],
      ...['--jwt-key', jwtKey, '--jwt-audience', 'longshore'],
    ],
  });
  certificates = await makeCertificates();
  authority = await certificates.authority('trusted');
  const { cert, key } = await authority.server();
  secure = await startServer({
    flags: [
      ...['--auth', 'required', '--tls-cert', cert, '--tls-key', key, '--client-ca', authority.cert],
      ...['--client-role', 'web=viewer', '--client-role', 'deploy=clusters:create,clusters:read'],
      ...['--listen', '127.0.0.1:0', '--listen', 'localhost:0'],
    ],
  });
});
afterAll(async () => {
  await Promise.all([server?.stop(), secure?.stop(), certificates?.dispose()]);
  await rm(directory, { recursive: true, force: true });
});

interface Answer {
  status: number;
  body: { __type?: string; message?: string; clusterArns?: string[] };
}

async function listClusters(headers: Record<string, string>, path = '/v1/ListClusters'): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const unauthorized = { status: 401, body: { __type: 'UnauthorizedException' } };

describe('API keys', () => {
  it('are taken in X-API-Key and as a Bearer token, on every address', async () => {
    expect((await listClusters({ 'x-api-key': apiKey })).status).toBe(200);
    expect((await listClusters({ authorization: `Bearer ${apiKey}` })).status).toBe(200);
    const second = await fetch(`${server.urls[1]}/v1/ListClusters`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey },
    });
    expect(second.status).toBe(200);
  });

  it('are refused where they are wrong, and in a URL', async () => {
    const wrong = `${apiKey.slice(0, -1)}${apiKey.endsWith('A') ? 'B' : 'A'}`;
    const shown: Record<string, string>[] = [
      {},
      { 'x-api-key': wrong },
      { 'x-api-key': '' },
      { authorization: `Bearer ${wrong}` },
    ];
    for (const headers of shown) {
      expect(await listClusters(headers)).toMatchObject(unauthorized);
    }
    expect(await listClusters({ 'x-api-key': apiKey, authorization: `Bearer ${wrong}` })).toMatchObject(
      unauthorized,
    );
    for (const name of ['api_key', 'apikey', 'X-API-Key', 'access_token', 'token']) {
      expect(await listClusters({}, `/v1/ListClusters?${name}=${apiKey}`)).toMatchObject(unauthorized);
    }
    expect(server.log()).not.toContain(apiKey);
  });

  it('may do what their role may', async () => {
    const response = await fetch(`${server.url}/v1/CreateCluster`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey },
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ __type: 'AccessDeniedException' });
  });
});

describe('tokens', () => {
  const bearer = (token: string) => listClusters({ authorization: `Bearer ${token}` });
  const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
  const signed = (alg: string, key: Parameters<SignJWT['sign']>[0], claims: JWTPayload = {}) =>
    new SignJWT({ sub: 'ann', aud: 'longshore', exp: inAnHour(), scope: 'clusters:read', ...claims })
      .setProtectedHeader({ alg })
      .sign(key);

  it('of this server, and of the other issuer, are taken', async () => {
    const { token } = await issuerOf(server.dataDir).issue({
      ...{ subject: 'token:ci', scopes: ['clusters:read'], account: ACCOUNT, ttlSeconds: 60 },
    });
    expect((await bearer(token)).status).toBe(200);
    expect((await bearer(await signed('ES256', foreign.privateKey))).status).toBe(200);
    const other = await bearer(await signed('ES256', foreign.privateKey, { scope: 'tasks:read openid' }));
    expect(other).toMatchObject({ status: 403, body: { __type: 'AccessDeniedException' } });
  });

  it('are refused: alg none, a wrong key, expired, another algorithm, another audience', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part({ sub: 'ann', aud: 'longshore', exp: inAnHour(), scope: '*' });
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicPem = foreign.publicKey.export({ type: 'spki', format: 'pem' });
    for (const token of [
      `${part({ alg: 'none' })}.${claims}.`,
      await signed('ES256', stranger.privateKey),
      await signed('ES256', foreign.privateKey, { exp: inAnHour() - 7200 }),
      await signed('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
      await signed('HS256', Buffer.from(publicPem)),
      await signed('ES256', foreign.privateKey, { aud: 'other' }),
      'lorem',
    ]) {
      expect(await bearer(token)).toMatchObject(unauthorized);
    }
  });

  it("have a secret that only the server's user reads", async () => {
    const { mode, size } = await stat(join(server.dataDir, 'keys', 'token.key'));
    expect([(mode & 0o777).toString(8), size]).toEqual(['600', 32]);
  });
});

describe('AWS Signature Version 4', () => {
  const aws = (keys: { id: string; secret: string }, ...argv: string[]) =>
    run('aws', ['--region', 'eu-west-1', '--endpoint-url', server.url, 'ecs', ...argv], {
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: keys.id,
        AWS_SECRET_ACCESS_KEY: keys.secret,
        AWS_MAX_ATTEMPTS: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
  const sdk = (more: object = {}) =>
    new ECSClient({
      ...{ endpoint: server.url, region: 'us-east-1', maxAttempts: 1 },
      credentials: { accessKeyId: accessKey.id, secretAccessKey: accessKey.secret },
      ...more,
    });

  it('the AWS CLI comes in with a key pair of ours, for the region it says', async () => {
    await aws(accessKey, 'create-cluster', '--cluster-name', 'signed', '--tags', 'key=a,value=ü + a');
    const listed = JSON.parse(await aws(accessKey, 'list-clusters')) as { clusterArns: string[] };
    expect(listed.clusterArns).toEqual([`arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/signed`]);
  });

  it('the AWS CLI is told of a wrong secret and of an unknown key as AWS tells it', async () => {
    await expect(aws({ ...accessKey, secret: 'wrong' }, 'list-clusters')).rejects.toThrow(
      'An error occurred (InvalidSignatureException) when calling the ListClusters operation: The request signature we ' +
        'calculated does not match the signature you provided.',
    );
    await expect(aws({ ...accessKey, id: 'LSIAAAAAAAAAAAAAAAAA' }, 'list-clusters')).rejects.toThrow(
      'An error occurred (UnrecognizedClientException) when calling the ListClusters operation: The security token ' +
        'included in the request is invalid.',
    );
  });

  it('the AWS SDK comes in, and not with a clock that is an hour off', async () => {
    const good = sdk();
    expect((await good.send(new ListClustersCommand({}))).clusterArns).toBeDefined();
    good.destroy();
    for (const [systemClockOffset, said] of [
      [-3_600_000, /^Signature expired: \d{8}T\d{6}Z is now earlier than /],
      [3_600_000, /^Signature not yet current: \d{8}T\d{6}Z is still later than /],
    ] as const) {
      const wrong = sdk({ systemClockOffset });
      await expect(wrong.send(new ListClustersCommand({}))).rejects.toMatchObject({
        name: 'InvalidSignatureException',
        message: matching(said),
        $metadata: { httpStatusCode: 401 },
      });
      wrong.destroy();
    }
  });

  it('a request that was changed on the way is refused: its body, its operation, its query, its hash', async () => {
    for (const change of [
      (request: Changed) => (request.body = '[]'),
      (request: Changed) =>
        (request.headers['x-amz-target'] = 'AmazonEC2ContainerServiceV20141113.ListServices'),
      (request: Changed) => (request.query = { Action: 'ListServices' }),
      (request: Changed) =>
        (request.headers['x-amz-content-sha256'] = createHash('sha256').update('').digest('hex')),
    ]) {
      const client = sdk();
      client.middlewareStack.add(
        (next) => (args) => {
          change(args.request as Changed);
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
      );
      await expect(client.send(new ListClustersCommand({}))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 401 },
      });
      client.destroy();
    }
  });

  it('a presigned URL made by botocore works until it expires, and for nothing else', async () => {
    const program = [
      'import sys, datetime, botocore.auth, botocore.awsrequest, botocore.credentials',
      'id, secret, method, url, seconds = sys.argv[1:]',
      'request = botocore.awsrequest.AWSRequest(method, url)',
      'keys = botocore.credentials.Credentials(id, secret)',
      "botocore.auth.SigV4QueryAuth(keys, 'ecs', 'us-east-1', int(seconds)).add_auth(request)",
      'print(request.url)',
    ].join('\n');
    const presigned = async (method: string, path: string, seconds = 60) =>
      (
        await run('python3', [
          '-c',
          program,
          accessKey.id,
          accessKey.secret,
          method,
          server.url + path,
          String(seconds),
        ])
      ).trim();
    const ask = async (url: string, method = 'GET') => (await fetch(url, { method })).status;
    const path = '/api/tasks/none%20such/containers/a%2Fb/logs?tail=1&since=a%20b';
    const url = await presigned('GET', path);
    expect(await ask(url)).toBe(await ask(await presigned('GET', path)));
    expect([400, 404]).toContain(await ask(url));
    expect(await ask(url.replace('tail=1', 'tail=2'))).toBe(401);
    expect(await ask(url, 'POST')).toBe(401);
    expect(await ask(url.replace(/Signature=.*/, `Signature=${'0'.repeat(64)}`))).toBe(401);
    const long = await presigned('GET', path, 700_000);
    expect(await ask(long)).toBe(401);
    const lists = await presigned('POST', '/?Action=ListClusters');
    expect(await ask(lists, 'POST')).toBe(200);
  });
});

interface Changed {
  body: string;
  headers: Record<string, string>;
  query: Record<string, string>;
}

function matching(pattern: RegExp): { asymmetricMatch(value: unknown): boolean } {
  return { asymmetricMatch: (value) => typeof value === 'string' && pattern.test(value) };
}

describe('TLS and client certificates', () => {
  const call = async (
    tls: RequestOptions,
    operation = 'ListClusters',
    headers: Record<string, string> = {},
  ) => {
    const ca = await readFile(authority.cert);
    return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const sent = httpsRequest(
        `${secure.url}/v1/${operation}`,
        { method: 'POST', ca, headers, ...tls },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, text }));
        },
      );
      sent.on('error', reject);
      sent.end('{}');
    });
  };

  it('every address speaks TLS, and says so', async () => {
    expect(secure.urls).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^https:/)]);
    expect((await call({ port: new URL(secure.urls[1]!).port })).status).toBe(401);
  });

  it('a certificate says who calls: its name gives it scopes, or none', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const web = await pemOf(await authority.client('web'));
    const deploy = await pemOf(await authority.client('deploy'));
    for (let twice = 0; twice < 2; twice++) expect((await call({ ...web, agent })).status).toBe(200);
    agent.destroy();
    expect((await call(web, 'CreateCluster')).status).toBe(403);
    expect((await call(deploy, 'CreateCluster')).status).toBe(200);
    const unmapped = await call(await pemOf(await authority.client('nobody')));
    expect([unmapped.status, unmapped.text.includes('certificate:nobody')]).toEqual([403, true]);
  });

  it('none, one that has expired, and one of another authority with the same name are refused', async () => {
    const others = await (await certificates.authority('other')).client('web');
    expect((await call({})).status).toBe(401);
    expect((await call(await pemOf(others))).status).toBe(401);
    expect((await call(await pemOf(await authority.client('web', -1)))).status).toBe(401);
  });

  it('a connection that was resumed without a certificate is nobody', async () => {
    const ca = await readFile(authority.cert);
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10, ca });
    for (let again = 0; again < 3; again++) expect((await call({ agent })).status).toBe(401);
    agent.destroy();
  });

  it('other credentials work beside it, and a bad one is refused with a good certificate', async () => {
    const web = await pemOf(await authority.client('web'));
    const others = await pemOf(await (await certificates.authority('foreign')).client('web'));
    const { token } = await issuerOf(secure.dataDir).issue({
      ...{ subject: 'token:ci', scopes: ['clusters:read'], account: ACCOUNT, ttlSeconds: 60 },
    });
    for (const tls of [{}, web, others]) {
      expect((await call(tls, 'ListClusters', { authorization: `Bearer ${token}` })).status).toBe(200);
    }
    expect((await call(web, 'ListClusters', { 'x-api-key': 'lsk_wrong' })).status).toBe(401);
  });

  it('old TLS is refused, plain HTTP is told what to do', async () => {
    await expect(
      call({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
    const { status, text } = await new Promise<{ status: number | undefined; text: string }>(
      (resolve, reject) => {
        const sent = httpRequest(`${secure.url.replace('https', 'http')}/health`, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        sent.on('error', reject);
        sent.end();
      },
    );
    expect([status, text.includes('https://')]).toEqual([400, true]);
  });

  it('files that cannot be served with are refused at the start, by name', async () => {
    const { cert, key } = await authority.server();
    const other = await authority.client('another');
    const bad = join(directory, 'bad.pem');
    await writeFile(bad, 'not a certificate');
    for (const [flags, said] of [
      [['--tls-cert', bad, '--tls-key', key], `--tls-cert ${bad}`],
      [['--tls-cert', cert, '--tls-key', bad], `--tls-key ${bad}`],
      [['--tls-cert', cert, '--tls-key', other.key], `--tls-key ${other.key}`],
      [['--tls-cert', cert, '--tls-key', key, '--client-ca', bad], `--client-ca ${bad}`],
      [['--tls-cert', join(directory, 'none'), '--tls-key', key], `--tls-cert ${join(directory, 'none')}`],
      [['--jwt-key', bad], `--jwt-key ${bad}`],
    ] as const) {
      await expect(startServer({ flags })).rejects.toThrow(said);
    }
  });
});

describe('without a credential, where it is optional', () => {
  it('a caller may do what --anonymous-role says; a bad credential is refused all the same', async () => {
    const optional = await startServer({ flags: ['--auth', 'optional', '--anonymous-role', 'viewer'] });
    const ask = async (operation: string, headers = {}) =>
      (await fetch(`${optional.url}/v1/${operation}`, { method: 'POST', headers })).status;
    try {
      expect(await ask('ListClusters')).toBe(200);
      expect(await ask('CreateCluster')).toBe(403);
      expect(await ask('ListClusters', { 'x-api-key': 'lsk_wrong' })).toBe(401);
      expect(await ask('ListClusters', { authorization: 'Basic YTpi' })).toBe(401);
    } finally {
      await optional.stop();
    }
    await expect(startServer({ flags: ['--auth', 'optional', '--anonymous-role', 'admin'] })).rejects.toThrow(
      'anonymous-role',
    );
  });
});
