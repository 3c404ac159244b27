/** An address of its own for `/metrics` (`--metrics-listen`): whoever reaches it may read them, and nothing else. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../telemetry/log.ts';
import type { MetricsText } from './metrics.ts';

export interface MetricsListener {
  url: string;
  close(): Promise<void>;
}

/** Throws with what to do where the address cannot be had. */
export async function listenForMetrics(
  address: { host: string; port: number },
  metrics: MetricsText,
  log: Log,
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    answer(request, response, metrics).catch((error: unknown) => {
      log.error({ err: error }, 'metrics could not be written');
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        new Error(
          `cannot listen on ${address.host}:${address.port} for metrics (${error.message}); choose another with --metrics-listen`,
          { cause: error },
        ),
      );
    server.once('error', fail);
    server.listen(address, () => {
      server.off('error', fail);
      // A connection that cannot be accepted, for lack of descriptors say, ends no server.
      server.on('error', () => undefined);
      resolve();
    });
  });
  const { address: host, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  metrics: MetricsText,
): Promise<void> {
  const reads = method === 'GET' || method === 'HEAD';
  if (!reads || url?.split('?')[0] !== '/metrics') {
    response
      .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
      .end('Here is only GET /metrics.\n');
    return;
  }
  const text = await metrics.text();
  response.writeHead(200, {
    'content-type': metrics.contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : text);
}
