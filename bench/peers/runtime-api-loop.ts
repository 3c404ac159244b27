/**
 * A function as it runs behind AWS's Runtime Interface Emulator: one runtime process asks over HTTP for the next
 * invocation, runs the handler and posts the result. One call at a time, the others wait. Told the handler's file by
 * its parent, tells it the port, ends with it.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

interface Call {
  body: Buffer;
  response: ServerResponse;
}

const next = '/2018-06-01/runtime/invocation/next';
const responsePath = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/response$/;
const waiting: Call[] = [];
const running = new Map<string, Call>();
/** Of the runtime, which has nothing to do. */
let idle: ServerResponse | undefined;

process.on('disconnect', () => process.exit());
process.once('message', ({ handler }: { handler: string }) => {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    const runtime = fork(fileURLToPath(new URL('runtime-api-client.ts', import.meta.url)));
    runtime.send({ port, handler });
    runtime.on('exit', () => process.exit(1));
    process.send!(port);
  });
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '' } = request;
  if (url === next) {
    idle = response;
    return give();
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const [, id] = responsePath.exec(url) ?? [];
  if (id !== undefined) {
    answer(running.get(id)!.response, 200, body);
    running.delete(id);
    return answer(response, 202, Buffer.from('{"status":"OK"}'));
  }
  waiting.push({ body, response });
  give();
}

function give(): void {
  if (idle === undefined || waiting.length === 0) return;
  const call = waiting.shift()!;
  const id = randomUUID();
  running.set(id, call);
  answer(idle, 200, call.body, {
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(Date.now() + 30_000),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  });
  idle = undefined;
}

function answer(response: ServerResponse, status: number, body: Buffer, headers: object = {}): void {
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': body.length,
  });
  response.end(body);
}
