/**
 * Goes with functions that came by AWS Lambda's API: calls their handler as Lambda's Node.js does. Which one is in
 * _HANDLER, as `directory/file.function`.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const DIRECTORY = path.dirname(fileURLToPath(import.meta.url));
const environment = process.env;
const call = await findHandler(environment._HANDLER);

/** `context.aws` is what the Lambda API says of an invocation; others have none. */
export async function handler(event, { timeout_ms: timeoutMs = 30_000, aws = {} }) {
  environment.AWS_LAMBDA_FUNCTION_VERSION = aws.function_version ?? '$LATEST';
  return new Promise((resolve, reject) => {
    let outcome;
    const settle = () => (outcome?.error == null ? resolve(outcome?.value ?? null) : reject(outcome.error));
    const context = contextOf(aws, aws.deadline_ms ?? Date.now() + timeoutMs);
    const done = (error, value) => {
      outcome ??= { error, value };
      if (!context.callbackWaitsForEmptyEventLoop) settle();
    };
    Object.assign(context, {
      done,
      succeed: (value) => done(null, value),
      fail: (error) => done(error ?? 'handled'),
    });
    // Nothing is left to be done: without an answer by now there is none.
    process.removeAllListeners('beforeExit').on('beforeExit', settle);
    const answered = call(event, context, done);
    if (typeof answered?.then === 'function') answered.then(resolve, reject);
  });
}

function contextOf(aws, deadline) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: aws.invoked_function_arn,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: aws.request_id,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: aws.client_context,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function findHandler(name) {
  const [, directory = '', file, member] = /^(.*\/)?([^/.]+)\.(.+)$/.exec(name) ?? [];
  if (file === undefined) throw failure('MalformedHandlerName', `'${name}' is not <file>.<function>`);
  const found = ['.js', '.mjs', '.cjs']
    .map((extension) => path.join(DIRECTORY, directory, file + extension))
    .find((each) => existsSync(each));
  if (found === undefined)
    throw failure('ImportModuleError', `Error: Cannot find module '${directory}${file}'`);
  const loaded = await import(pathToFileURL(found));
  const handlers = [loaded, loaded.default].map((exported) =>
    member.split('.').reduce((from, key) => from?.[key], exported),
  );
  const handler = handlers.find((each) => typeof each === 'function');
  if (handler === undefined) throw failure('HandlerNotFound', `${name} is undefined or not exported`);
  return handler;
}

function failure(kind, message) {
  const error = new Error(message);
  error.name = `Runtime.${kind}`;
  return error;
}
