/** What AWS Lambda's API refuses here, and in which words: archives, what is not offered, callers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LambdaTrial, role } from '../fixtures/lambda.ts';
import { zip, type ZipEntry } from '../fixtures/zip.ts';

let trial: LambdaTrial;
beforeAll(async () => {
  trial = await LambdaTrial.start();
});
afterAll(() => trial?.stop());

const text = expect.any(String) as string;

describe('an archive', () => {
  const refused = async (entries: ZipEntry[], reason: RegExp) => {
    const body = { FunctionName: 'zipped', Runtime: 'python3.11', Handler: 'index.handler', Role: role };
    const answer = await trial.ask('POST', '', {
      ...body,
      Code: { ZipFile: zip(entries).toString('base64') },
    });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
      400,
      'InvalidParameterValueException',
    ]);
    expect(answer.body['Message']).toMatch(reason);
  };
  const good = { path: 'index.py', content: 'def handler(event, context): return 1' };

  it('may not reach outside, link, bring binary files or unpack to more than it says', async () => {
    await refused([good, { path: '../evil.py', content: '' }], /invalid relative path/);
    await refused([good, { path: '/etc/evil.py', content: '' }], /absolute path/);
    await refused([good, { path: 'a\\..\\..\\evil.py', content: '' }], /invalid characters/);
    await refused([good, { path: 'link.py', content: '/etc/passwd', mode: 0o120777 }], /symbolic link/);
    await refused([good, { path: 'data.bin', content: Buffer.from([0xff, 0xfe]) }], /no text in UTF-8/);
    await refused([good, good], /two files 'index\.py'/);
    await refused(
      [good, { path: 'bomb.txt', content: 'x'.repeat(1 << 20), declaredSize: 10 }],
      /too many bytes/,
    );
    await refused([good, { path: 'bomb.txt', content: Buffer.alloc(40 << 20, 'x') }], /more than \d+ bytes/);
    await refused(
      Array.from({ length: 1001 }, (_, n) => ({ path: `${n}.py`, content: '' })),
      /more than 1000 entries/,
    );
    await refused([good, { path: 'lambda_handler.py', content: '' }], /rename it/);
  });

  it('must be one', async () => {
    const body = { FunctionName: 'zipped', Runtime: 'python3.11', Handler: 'index.handler', Role: role };
    for (const Code of [{ ZipFile: 'bm8gemlw' }, {}, { S3Bucket: 'b', S3Key: 'k' }, { ImageUri: 'x' }]) {
      expect((await trial.ask('POST', '', { ...body, Code })).status).toBe(400);
    }
  });
});

describe('what is not offered', () => {
  const body = () => ({
    ...{ FunctionName: 'more', Runtime: 'python3.11', Handler: 'index.handler', Role: role },
    Code: {
      ZipFile: zip([{ path: 'index.py', content: 'def handler(event, context): return 1' }]).toString(
        'base64',
      ),
    },
  });

  it.each<[object, RegExp]>([
    [{ Layers: ['arn:aws:lambda:eu-west-1:1:layer:x:1'] }, /^Layers: is not offered/],
    [{ VpcConfig: { SubnetIds: ['s'] } }, /^VpcConfig: is not offered/],
    [{ FileSystemConfigs: [{ Arn: 'x' }] }, /^FileSystemConfigs/],
    [{ PackageType: 'Image' }, /PackageType/],
    [{ Runtime: 'java21' }, /^Runtime: 'java21' is not offered/],
    [{ Timeout: 301 }, /Timeout must be <= 300/],
    [{ MemorySize: 4096 }, /MemorySize must be <= 2048/],
    [{ Environment: { Variables: { AWS_LAMBDA_FUNCTION_NAME: 'x' } } }, /reserved/],
    [{ FunctionName: '-more' }, /cannot be mapped/],
    [{ FunctionName: 'mo re' }, /no name of a function/],
    [{ Nonsense: 1 }, /Nonsense/],
  ])('is refused, and named: %j', async (change, message) => {
    const answer = await trial.ask('POST', '', { ...body(), ...change });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
      400,
      'InvalidParameterValueException',
    ]);
    expect(answer.body).toEqual({
      Type: 'User',
      Message: expect.stringMatching(message) as string,
      message: text,
    });
  });
});

describe('who may', () => {
  it("is asked in the API's own words", async () => {
    const invocation = (key: Parameters<LambdaTrial['ask']>[3], name = 'nodejs-calculator') =>
      trial.ask('POST', `/${name}/invocations`, { operation: 'add', values: [1, 2] }, key);
    const denied = { status: 403, body: { Type: 'User', Message: text } };
    expect(await invocation('nobody')).toMatchObject({ status: 401 });
    expect(await invocation('reader')).toMatchObject(denied);
    expect(await invocation('reader', 'not-there')).toMatchObject(denied);
    expect(await invocation('python')).toMatchObject(denied);
    expect(await invocation('python', 'not-there')).toMatchObject({ status: 404 });
    expect((await invocation('reader')).headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    expect(await invocation('admin')).toMatchObject({ status: 200, body: { value: 3 } });
    expect((await trial.ask('GET', '', undefined, 'reader')).status).toBe(200);
    expect((await trial.ask('GET', '/', undefined, 'reader')).status).toBe(200);
    expect((await trial.ask('DELETE', '/nodejs-calculator', undefined, 'reader')).status).toBe(403);
    expect((await invocation('limited')).status).toBe(200);
    const late = await invocation('limited');
    expect([late.status, late.headers.get('x-amzn-errortype')]).toEqual([429, 'TooManyRequestsException']);
    expect(late.headers.get('retry-after')).not.toBeNull();
  });
});

describe('a client context that is no JSON', () => {
  it.each(['RequestResponse', 'Event', 'DryRun'])('is refused at once, also with %s', async (type) => {
    const answers = Array.from({ length: 6 }, () =>
      trial.ask('POST', '/nodejs-calculator/invocations', { operation: 'add', values: [1, 2] }, 'admin', {
        'x-amz-invocation-type': type,
        'x-amz-client-context': 'e30x',
      }),
    );
    for (const { status, body } of await Promise.all(answers)) {
      expect([status, body['Message']]).toEqual([400, expect.stringMatching(/^X-Amz-Client-Context/)]);
    }
  });
});

describe('an alias that is called current', () => {
  it('is refused, and calls go on where they went', async () => {
    const bearer = { authorization: `Bearer ${trial.keys.admin}`, 'content-type': 'application/json' };
    const url = `${trial.server.url}/api/v1/functions`;
    const publish = (method: string, path: string, body: object) =>
      fetch(`${url}${path}`, { method, headers: bearer, body: JSON.stringify(body) });
    const source = (n: number) => ({ source: `export default () => ${n};` });
    expect((await publish('POST', '', { language_title: 'nodejs-kept', ...source(1) })).status).toBe(201);
    expect((await publish('PUT', '/nodejs-kept', source(2))).status).toBe(200);
    const alias = { Name: 'current', FunctionVersion: '1' };
    const { status, body } = await trial.ask('POST', '/nodejs-kept/aliases', alias);
    expect([status, body['Message']]).toEqual([400, expect.stringMatching(/^Name: 'current' is taken/)]);
    expect(await trial.ask('POST', '/nodejs-kept/invocations', {})).toMatchObject({ status: 200, body: 2 });
  });
});

describe('changes that come at once', () => {
  const code = (n: number) => {
    const content = `import time\ntime.sleep(1)\ndef handler(event, context): return ${n}`;
    return { ZipFile: zip([{ path: 'index.py', content }]).toString('base64') };
  };
  const change = async (numbers: number[], more: object) => {
    const all = numbers.map((n) => trial.ask('PUT', '/raced/code', { ...code(n), ...more }));
    const told = (await Promise.all(all)).map(
      ({ status, headers }) => headers.get('x-amzn-errortype') ?? status,
    );
    return told.sort();
  };

  it('never undo one another: one wins, and the others are told', async () => {
    const body = { FunctionName: 'raced', Runtime: 'python3.11', Handler: 'index.handler', Role: role };
    const made = await trial.ask('POST', '', { ...body, Code: code(0) });
    expect(made.status).toBe(201);
    const late = 'PreconditionFailedException';
    expect(await change([1, 2, 3], { RevisionId: made.body['RevisionId'] })).toEqual([200, late, late]);
    const told = await change([4, 5, 6], {});
    expect(new Set(told)).toEqual(new Set([200, 'ResourceConflictException']));
    const { body: versions } = await trial.ask('GET', '/raced/versions');
    const changed = told.filter((each) => each === 200).length;
    expect(versions['Versions']).toHaveLength(1 + 2 + changed);
  });
});
