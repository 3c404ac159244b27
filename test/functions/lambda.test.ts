/** AWS Lambda's API with AWS's own clients: the CLI and boto3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT } from '../fixtures/door.ts';
import { functionsClient } from '../fixtures/functions.ts';
import { LambdaTrial, role } from '../fixtures/lambda.ts';
import { run, until } from '../fixtures/processes.ts';

let trial: LambdaTrial;
beforeAll(async () => {
  trial = await LambdaTrial.start();
});
afterAll(() => trial?.stop());

const text = expect.any(String) as string;

describe('a function in Node.js', () => {
  const source = `
let calls = 0;
exports.handler = async (event, context) => {
  console.log('asked', event.name);
  calls++;
  const { getRemainingTimeInMillis, awsRequestId, functionName, functionVersion, memoryLimitInMB, logGroupName, invokedFunctionArn } = context;
  return {
    text: 'Hello, ' + event.name, calls, variable: process.env.GREETING, named: process.env.AWS_LAMBDA_FUNCTION_NAME,
    region: process.env.AWS_REGION, left: getRemainingTimeInMillis(),
    context: { awsRequestId, functionName, functionVersion, memoryLimitInMB, logGroupName, invokedFunctionArn },
  };
};`;

  it('is created, invoked, listed and deleted with the AWS CLI, and is one of ours', async () => {
    const arn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:Greet-Me`;
    const file = await trial.archive([{ path: 'src/app.js', content: source }]);
    const made = await trial.aws(
      ...['create-function', '--function-name', 'Greet-Me', '--runtime', 'nodejs20.x'],
      ...['--handler', 'src/app.handler', '--role', role, '--zip-file', `fileb://${file}`],
      ...['--environment', 'Variables={GREETING=hi}', '--timeout', '10', '--memory-size', '128'],
      ...['--description', 'Greets', '--tags', 'team=a', '--tracing-config', 'Mode=PassThrough'],
    );
    expect(made).toMatchObject({
      ...{
        FunctionName: 'Greet-Me',
        FunctionArn: arn,
        Runtime: 'nodejs20.x',
        Handler: 'src/app.handler',
        Role: role,
      },
      ...{ Timeout: 10, MemorySize: 128, Description: 'Greets', Version: '$LATEST', State: 'Active' },
      ...{ Environment: { Variables: { GREETING: 'hi' } }, TracingConfig: { Mode: 'PassThrough' } },
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string,
    });
    await trial.aws('wait', 'function-active', '--function-name', 'Greet-Me');
    const { meta, payload } = await trial.invokeWithCli('Greet-Me', { name: 'Ann' }, '--log-type', 'Tail');
    expect(meta).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(meta.FunctionError).toBeUndefined();
    const { left, ...rest } = payload as { left: number };
    expect(left).toBeGreaterThan(5_000);
    expect(rest).toEqual({
      ...{ text: 'Hello, Ann', calls: 1, variable: 'hi', named: 'Greet-Me', region: 'eu-west-1' },
      context: {
        ...{
          awsRequestId: text,
          functionName: 'Greet-Me',
          functionVersion: '$LATEST',
          memoryLimitInMB: '128',
        },
        ...{ logGroupName: '/aws/lambda/Greet-Me', invokedFunctionArn: arn },
      },
    });
    const log = Buffer.from(meta.LogResult!, 'base64').toString();
    expect(log).toMatch(
      /^START RequestId: (\S+) Version: \$LATEST\nasked Ann\nEND RequestId: \1\nREPORT RequestId: \1\tDuration: \d/,
    );
    const got = await trial.aws('get-function', '--function-name', arn);
    expect(got).toMatchObject({ Configuration: { FunctionName: 'Greet-Me' }, Tags: { team: 'a' } });
    const ours = functionsClient(trial.server.url, { authorization: `Bearer ${trial.keys.admin}` });
    expect((await ours.get('/functions/nodejs-greet-me')).body).toMatchObject({
      title: 'greet-me',
      description: 'Greets',
    });
    const invoked = await ours.post('/functions/nodejs-greet-me/invoke', { params: { name: 'Bob' } });
    expect(invoked.body['result']).toMatchObject({
      text: 'Hello, Bob',
      context: { functionName: 'Greet-Me' },
    });
    const { Functions } = await trial.aws<{ Functions: { FunctionName: string }[] }>('list-functions');
    const names = Functions.map(({ FunctionName }) => FunctionName);
    expect(names).toEqual(expect.arrayContaining(['Greet-Me', 'nodejs-calculator']));
    await trial.aws('delete-function', '--function-name', 'Greet-Me');
    await expect(trial.aws('get-function', '--function-name', 'Greet-Me')).rejects.toThrow(
      /An error occurred \(ResourceNotFoundException\) when calling the GetFunction operation: Function not found: arn:/,
    );
  });

  it.each([
    [
      'a callback',
      'exports.handler = (event, context, callback) => { setTimeout(() => callback(null, event.n + 1), 5); }',
    ],
    ['an ES module', 'export const handler = async (event) => event.n + 1;', 'index.mjs'],
    ['context.succeed', 'exports.handler = (event, context) => context.succeed(event.n + 1);'],
    [
      'a member of a member',
      'exports.a = { handler: async ({ n }) => n + 1 };',
      'index.js',
      'index.a.handler',
    ],
    [
      'a module of its own',
      'const { plus } = require("./lib/plus"); exports.handler = async ({ n }) => plus(n);',
    ],
  ])('may answer by %s', async (what, code, file = 'index.js', handler = 'index.handler') => {
    const name = what.replaceAll(/\W/g, '-');
    await trial.create(name, 'nodejs22.x', handler, {
      [file]: code,
      'lib/plus.js': 'exports.plus = (n) => n + 1;',
    });
    expect(await trial.invoke(name, { n: 1 })).toMatchObject({ payload: 2 });
  });

  it('that never calls back answers null', async () => {
    await trial.create('silent', 'nodejs20.x', 'index.handler', {
      'index.js': 'exports.handler = (event, context, callback) => {}',
    });
    expect(await trial.invoke('silent', {})).toMatchObject({ meta: { StatusCode: 200 }, payload: null });
  });
});

describe('what goes wrong in a function', () => {
  it.each([
    [
      'nodejs20.x',
      'class Teapot extends Error { name = "Teapot" }\nexports.handler = async () => {\n  throw new Teapot("short and stout");\n};',
      {
        errorType: 'Teapot',
        errorMessage: 'short and stout',
        stackTrace: expect.arrayContaining([expect.stringContaining('index.js:3')]) as string[],
      },
    ],
    [
      'python3.11',
      'class Teapot(Exception): pass\ndef handler(event, context):\n    raise Teapot("short and stout")\n',
      {
        errorType: 'Teapot',
        errorMessage: 'short and stout',
        stackTrace: expect.arrayContaining([expect.stringContaining('"index.py", line 3')]) as string[],
      },
    ],
    [
      'nodejs20.x',
      'exports.handler = (event, context, callback) => callback(new TypeError("no"));',
      { errorType: 'TypeError', errorMessage: 'no' },
    ],
    [
      'nodejs20.x',
      'exports.handler = () => process.exit(3);',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/exit status 3$/) as string },
    ],
    [
      'python3.11',
      'import os\ndef handler(event, context): os._exit(4)',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/exit status 4$/) as string },
    ],
    [
      'python3.11',
      'def handler(event, context):\n    held = []\n    while True: held.append(bytearray(1 << 20))',
      { errorMessage: text },
    ],
    [
      'nodejs20.x',
      'exports.handler = () => { for (;;); };',
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/,
        ) as string,
      },
    ],
  ])('in %s is told as Lambda tells it: %s', async (runtime, source, failure) => {
    const name = `fails-${Math.random().toString(36).slice(2, 10)}x`;
    const file = runtime.startsWith('node') ? 'index.js' : 'index.py';
    await trial.create(name, runtime, 'index.handler', { [file]: source }, { Timeout: 1 });
    const { meta, payload } = await trial.invoke(name, {}, { LogType: 'Tail' });
    expect(meta).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', LogResult: text });
    expect(payload).toMatchObject(failure);
    expect(JSON.stringify(payload)).not.toMatch(/lambda[-_]handler/);
  });

  it('while it is loaded is told before it is published', async () => {
    const refused = (files: Record<string, string>, handler = 'index.handler') =>
      expect(trial.create('broken', 'python3.11', handler, files)).rejects;
    await refused({ 'index.py': 'import not_there' }).toThrow(
      /InvalidParameterValueException.*ImportModuleError.*not_there/,
    );
    await refused({ 'index.py': 'x = 1' }).toThrow(/HandlerNotFound/);
    await refused({ 'other.py': '' }).toThrow(/ImportModuleError/);
    await refused({ 'index.py': 'def handler(' }).toThrow(/SyntaxError/);
  });
});

describe('with boto3', () => {
  it('versions, aliases, updates and invocations behave as with AWS', async () => {
    const first = await trial.archive([
      {
        path: 'main.py',
        content:
          'def run(event, context): return [1, context.function_version, context.aws_request_id != ""]',
      },
    ]);
    const second = await trial.archive([
      {
        path: 'main.py',
        content:
          'import os\ndef run(event, context): return [2, os.environ.get("X"), context.get_remaining_time_in_millis() > 0]',
      },
    ]);
    const program = `
import boto3, json, sys, base64
from botocore.config import Config
first, second = (open(path, 'rb').read() for path in sys.argv[2:4])
client = boto3.client('lambda', endpoint_url=sys.argv[1], config=Config(retries={'max_attempts': 0}))
def call(qualifier=None, **more):
    extra = {'Qualifier': qualifier} if qualifier else {}
    answer = client.invoke(FunctionName='boto', **extra, **more)
    return [json.loads(answer['Payload'].read()), answer['ExecutedVersion']]
out = {}
made = client.create_function(FunctionName='boto', Runtime='python3.12', Role='r', Handler='main.run',
    Code={'ZipFile': first}, Publish=True, VpcConfig={'SubnetIds': [], 'SecurityGroupIds': []})
out['created'] = made['Version']
client.get_waiter('function_active_v2').wait(FunctionName='boto')
client.create_alias(FunctionName='boto', Name='PROD', FunctionVersion='1', Description='the good one')
client.update_function_code(FunctionName='boto', ZipFile=second)
client.update_function_configuration(FunctionName='boto', Environment={'Variables': {'X': 'y'}}, Timeout=7)
client.get_waiter('function_updated_v2').wait(FunctionName='boto')
out['latest'], out['alias'], out['one'] = call(), call('PROD'), call('1')
out['arn'] = json.loads(client.invoke(FunctionName=made['FunctionArn'].rsplit(':', 1)[0] + ':PROD')['Payload'].read())
published = client.publish_version(FunctionName='boto')
out['published'] = [published['Version'], client.publish_version(FunctionName='boto')['Version']]
out['updated'] = client.update_alias(FunctionName='boto', Name='PROD', FunctionVersion=published['Version'])
out['again'] = call('PROD')
out['aliases'] = [a['Name'] for a in client.list_aliases(FunctionName='boto')['Aliases']]
out['versions'] = [v['Version'] for p in client.get_paginator('list_versions_by_function').paginate(FunctionName='boto', PaginationConfig={'PageSize': 2}) for v in p['Versions']]
out['timeout'] = [client.get_function_configuration(FunctionName='boto', Qualifier=q)['Timeout'] for q in ('1', '$LATEST')]
out['dry'] = client.invoke(FunctionName='boto', InvocationType='DryRun')['StatusCode']
out['event'] = client.invoke(FunctionName='boto', InvocationType='Event', Payload=b'{}')['StatusCode']
client.delete_alias(FunctionName='boto', Name='PROD')
errors = []
for ask in (lambda: call('PROD'), lambda: client.get_alias(FunctionName='boto', Name='PROD'), lambda: client.invoke(FunctionName='nobody'),
    lambda: client.create_function(FunctionName='BOTO', Runtime='python3.12', Role='r', Handler='main.run', Code={'ZipFile': first}),
    lambda: client.update_function_code(FunctionName='boto', ZipFile=first, RevisionId='other'),
    lambda: client.invoke(FunctionName='boto', Payload=b'{')):
    try: ask()
    except client.exceptions.ClientError as error: errors.append([error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']])
out['errors'] = errors
print(json.dumps(out, default=str))`;
    const out = JSON.parse(
      await run('/usr/bin/env', ['python3', '-c', program, trial.server.url, first, second], {
        env: trial.environment,
      }),
    ) as Record<string, unknown>;
    expect(out).toMatchObject({
      created: '1',
      latest: [[2, 'y', true], '$LATEST'],
      alias: [[1, '1', true], '1'],
      one: [[1, '1', true], '1'],
      arn: [1, '1', true],
      published: ['3', '3'],
      updated: { Name: 'PROD', FunctionVersion: '3', Description: 'the good one' },
      again: [[2, 'y', true], '3'],
      aliases: ['PROD'],
      versions: ['$LATEST', '1', '2', '3'],
      timeout: [3, 7],
      dry: 204,
      event: 202,
      errors: [
        ['ResourceNotFoundException', 404],
        ['ResourceNotFoundException', 404],
        ['ResourceNotFoundException', 404],
        ['ResourceConflictException', 409],
        ['PreconditionFailedException', 412],
        ['InvalidRequestContentException', 400],
      ],
    });
  });
});

describe('events', () => {
  it('are run after they were taken, once each', async () => {
    await trial.create('later', 'python3.11', 'index.handler', {
      'index.py': 'def handler(event, context): print("event", event["n"])',
    });
    for (let n = 0; n < 3; n++) {
      const answer = await trial.ask('POST', '/later/invocations', { n }, 'admin', {
        'x-amz-invocation-type': 'Event',
      });
      expect(answer.status).toBe(202);
    }
    const ours = functionsClient(trial.server.url, { authorization: `Bearer ${trial.keys.admin}` });
    const written = async () => {
      const { body } = await ours.get('/functions/python-later/logs');
      return (body['logs'] as { stdout: string }[]).map(({ stdout }) => stdout).sort();
    };
    await until('three events', async () => (await written()).length === 3);
    expect(await written()).toEqual(['event 0\n', 'event 1\n', 'event 2\n']);
  });
});
