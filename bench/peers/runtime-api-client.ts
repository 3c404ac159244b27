/** The runtime of `runtime-api-loop.ts`, which tells it where to ask and what to run, and with which it ends. */
import { Agent, request } from 'node:http';

type Handler = (params: unknown, context: object) => unknown;

process.on('disconnect', () => process.exit());
process.once('message', ({ port, handler }: { port: number; handler: string }) => void loop(port, handler));

async function loop(port: number, file: string): Promise<void> {
  const { default: handler } = (await import(file)) as { default: Handler };
  const agent = new Agent({ keepAlive: true });
  const ask = (method: string, path: string, body?: string) =>
    new Promise<{ id: string; text: string }>((resolve) => {
      const target = {
        agent,
        host: '127.0.0.1',
        port,
        method,
        path: `/2018-06-01/runtime/invocation/${path}`,
      };
      const call = request(target, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const id = response.headers['lambda-runtime-aws-request-id'] as string;
          resolve({ id, text: Buffer.concat(chunks).toString() });
        });
      });
      // Who is asked has ended.
      call.on('error', () => process.exit());
      call.end(body);
    });
  for (;;) {
    const { id, text } = await ask('GET', 'next');
    const { params } = JSON.parse(text) as { params: unknown };
    await ask('POST', `${id}/response`, JSON.stringify(await handler(params, {})));
  }
}
