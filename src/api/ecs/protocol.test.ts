import { Writable } from 'node:stream';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { AppError, EngineError } from '../../core/errors.ts';
import { createLog } from '../../telemetry/log.ts';
import type { AuthMethod } from '../auth/method.ts';
import { createServer } from '../server.ts';
import type { EcsCall, Handlers } from './operation.ts';
import { nothingToCheck } from '../../../test/fixtures/health.ts';
import { openDoor } from '../../../test/fixtures/door.ts';

const target = 'AmazonEC2ContainerServiceV20141113';
const json = 'application/x-amz-json-1.1';

interface Calls {
  calls: EcsCall<Calls>[];
}

const handlers: Handlers<Calls> = {
  ListClusters: async (call, input) => {
    call.core.calls.push(call);
    return { clusterArns: [`arn:${call.scope.region}`], nextToken: input.nextToken };
  },
  DescribeTasks: async (_, input) => ({ tasks: input.tasks.map((taskArn) => ({ taskArn })), failures: [] }),
  DeleteCluster: async (_, { cluster }) => {
    if (cluster === 'gone') throw new AppError('ResourceNotFound', 'There is no such thing.');
    if (cluster === 'busy') throw new AppError('Conflict', 'In use.', { resourceIds: ['a'] });
    if (cluster === 'no-engine') throw new EngineError('EngineUnavailable', 'The engine does not answer.');
    throw new Error('secret internals');
  },
};

const logged: string[] = [];
const log = createLog(
  'info',
  new Writable({ write: (line, _, done) => (logged.push(String(line)), done()) }),
);
const core: Calls = { calls: [] };
const { app } = createServer<Calls>({
  ecs: { core, handlers, region: 'us-east-1' },
  door: openDoor,
  version: '0.0.0',
  log,
  health: nothingToCheck,
  logs: async () => Promise.reject(new AppError('ResourceNotFound', 'no task')),
});
afterAll(() => app.close());

interface Request {
  url?: string;
  action?: string;
  payload?: string;
  headers?: Record<string, string>;
}

async function post({ url = '/', action, payload = '{}', headers = {} }: Request) {
  const naming = action === undefined ? {} : { 'x-amz-target': action };
  const response = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': json, ...naming, ...headers },
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: response.json<Record<string, unknown>>(),
  };
}

describe('the operation is named', () => {
  test('by X-Amz-Target', async () => {
    const { status, text, headers } = await post({ action: `${target}.ListClusters` });
    expect([status, text]).toEqual([200, '{"clusterArns":["arn:us-east-1"]}']);
    expect(headers['content-type']).toBe(json);
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(core.calls.at(-1)?.requestId).toBe(headers['x-amzn-requestid']);
  });

  test('by the path, where an exhausted list says null', async () => {
    const { status, text } = await post({ url: '/v1/ListClusters' });
    expect([status, text]).toEqual([200, '{"clusterArns":["arn:us-east-1"],"nextToken":null}']);
    expect((await post({ url: '/v1/ListClusters', action: `${target}.ListClusters` })).text).toBe(text);
    expect((await post({ url: '/v1/ListClusters', payload: '{"nextToken":"n"}' })).body.nextToken).toBe('n');
  });

  test('by ?Action=', async () => {
    const { status, text } = await post({ url: '/?Action=ListClusters' });
    expect([status, text]).toEqual([200, '{"clusterArns":["arn:us-east-1"]}']);
  });

  test.each<[string, Request, string, RegExp]>([
    ['not at all', {}, 'UnknownOperationException', /X-Amz-Target.*POST \/v1\/.*Action=/],
    [
      'wrongly in the header',
      { action: `${target}.Nothing` },
      'UnknownOperationException',
      /no operation 'Nothing'/,
    ],
    ['wrongly in the path', { url: '/v1/__proto__' }, 'UnknownOperationException', /'__proto__'/],
    ['wrongly in the query', { url: '/?Action=listclusters' }, 'UnknownOperationException', /'listclusters'/],
    [
      'twice in the query',
      { url: '/?Action=ListClusters&Action=RunTask' },
      'UnknownOperationException',
      /no operation/,
    ],
    [
      'for another service',
      { action: 'DynamoDB_20120810.ListTables' },
      'UnknownOperationException',
      /DynamoDB/,
    ],
    ['without a service', { action: 'ListClusters' }, 'UnknownOperationException', /answers AmazonEC2/],
    [
      'differently in header and path',
      { url: '/v1/RunTask', action: `${target}.ListClusters` },
      'InvalidParameterException',
      /'ListClusters', the path 'RunTask'/,
    ],
  ])('%s: 400', async (_, request, type, message) => {
    const { status, body, headers } = await post(request);
    expect([status, body.__type]).toEqual([400, type]);
    expect(body.message).toMatch(message);
    expect(headers['content-type']).toBe(json);
    expect(headers['x-amzn-requestid']).toBeDefined();
  });

  test('but is not built: 501', async () => {
    const { status, body } = await post({ action: `${target}.CreateExpressGatewayService` });
    expect([status, body.__type]).toEqual([501, 'NotImplementedException']);
    expect(body.message).toMatch(/CreateExpressGatewayService.*README/);
  });
});

describe('the body', () => {
  test.each(['application/x-amz-json-1.1', 'application/json', 'application/json; charset=utf-8'])(
    'may be %s',
    async (type) => {
      const { status } = await post({ url: '/v1/ListClusters', headers: { 'content-type': type } });
      expect(status).toBe(200);
    },
  );

  test('may have no type, or be absent', async () => {
    const untyped = await app.inject({
      method: 'POST',
      url: '/v1/DescribeTasks',
      payload: Buffer.from('{"tasks":["t"]}'),
    });
    expect(untyped.json()).toEqual({ tasks: [{ taskArn: 't' }], failures: [] });
    expect((await app.inject({ method: 'POST', url: '/v1/ListClusters' })).statusCode).toBe(200);
  });

  test('is looked at after the credential', async () => {
    const signature: AuthMethod = {
      name: 'signature',
      coversBody: true,
      claims: () => true,
      authenticate: () => Promise.reject(new AppError('InvalidSignature', 'not signed so')),
    };
    let failures = 0;
    const limits = { ...openDoor.limits, countFailure: () => void failures++ };
    const guarded = createServer<Calls>({
      ...{ ecs: { core, handlers, region: 'us-east-1' }, version: '0.0.0', log, health: nothingToCheck },
      door: { ...openDoor, mode: 'required', methods: [signature], limits },
      logs: async () => Promise.reject(new Error('not asked for')),
    });
    onTestFinished(() => guarded.close());
    const headers = { 'content-type': 'text/xml' };
    const response = await guarded.app.inject({ method: 'POST', url: '/', payload: '<x/>', headers });
    expect([response.statusCode, failures]).toEqual([401, 1]);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'application/x-amz-cbor-1.1'])(
    'may not be %s',
    async (type) => {
      const { status, body } = await post({ url: '/v1/ListClusters', headers: { 'content-type': type } });
      expect([status, body.__type]).toEqual([415, 'UnsupportedMediaTypeException']);
      expect(body.message).toContain(type);
    },
  );

  test.each([
    '{',
    'null',
    '[]',
    '7',
    '{"maxResults":"x"}',
    `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  ])('that is %.30s is a SerializationException', async (payload) => {
    const { status, body } = await post({ url: '/v1/ListClusters', payload });
    expect([status, body.__type]).toEqual([400, 'SerializationException']);
  });

  test("that is too large is refused in this API's shape", async () => {
    const { status, body, headers } = await post({
      url: '/v1/ListClusters',
      payload: ' '.repeat(10_000_000),
    });
    expect([status, body.__type]).toEqual([413, 'RequestEntityTooLargeException']);
    expect(headers['x-amzn-requestid']).toBeDefined();
  });
});

describe('the region', () => {
  const signed = (scope: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host, Signature=0`,
  });

  test('is that of the signature', async () => {
    await post({ url: '/v1/ListClusters', headers: signed('20300101/eu-west-3/ecs/aws4_request') });
    expect(core.calls.at(-1)?.scope).toEqual({ region: 'eu-west-3', accountId: '000000000000' });
  });

  test.each([
    '20300101/EU WEST/ecs/aws4_request',
    '20300101//ecs/aws4_request',
    'x',
    `20300101/${'a'.repeat(50)}/ecs/`,
  ])('is the default where the signature is malformed (%s)', async (scope) => {
    await post({ url: '/v1/ListClusters', headers: signed(scope) });
    expect(core.calls.at(-1)?.scope.region).toBe('us-east-1');
  });
});

describe('what a handler throws', () => {
  test.each([
    ['gone', 404, { __type: 'ResourceNotFoundException', message: 'There is no such thing.' }],
    ['busy', 400, { __type: 'ConflictException', message: 'In use.', resourceIds: ['a'] }],
    ['no-engine', 503, { __type: 'ServerException', message: 'The engine does not answer.' }],
  ])('%s: %d', async (cluster, status, answer) => {
    const response = await post({ url: '/v1/DeleteCluster', payload: JSON.stringify({ cluster }) });
    expect([response.status, response.body]).toEqual([status, answer]);
  });

  test('without meaning to is logged, and not told', async () => {
    const { status, body, headers, text } = await post({
      url: '/v1/DeleteCluster',
      payload: '{"cluster":"x"}',
    });
    expect([status, body.__type]).toEqual([500, 'ServerException']);
    expect(text).not.toContain('secret internals');
    const requestId = String(headers['x-amzn-requestid']);
    expect(text).toContain(requestId);
    const line = logged.find((each) => each.includes(requestId));
    expect(line).toContain('secret internals');
  });
});

test('other methods and paths are not this API', async () => {
  for (const [method, url, status] of [
    ['GET', '/', 404],
    ['GET', '/v1/ListClusters', 405],
    ['POST', '/v1', 404],
    ['POST', '/v1/a/b', 404],
    ['PUT', '/', 404],
  ] as const) {
    const response = await app.inject({ method, url });
    expect(response.statusCode, `${method} ${url}`).toBe(status);
    expect(response.json<{ message: string }>().message).toContain('POST /v1/<Operation>');
  }
});
