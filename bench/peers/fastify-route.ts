/**
 * The least that fastify can do for the same answer: one route per given body, which reads the request's JSON and
 * returns the body as an object. Told the bodies by its parent, tells it the port, ends with it.
 */
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

process.on('disconnect', () => process.exit());
process.once('message', (bodies: Record<string, object>) => {
  const app = fastify();
  for (const [path, body] of Object.entries(bodies)) app.post(path, async () => body);
  app.listen({ host: '127.0.0.1', port: 0 }, (error) => {
    if (error) throw error;
    process.send!((app.server.address() as AddressInfo).port);
  });
});
