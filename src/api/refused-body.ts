/**
 * A body that is too large is refused before it was read. Most clients write all of it before they read the answer,
 * and a connection closed on them meanwhile hides it, so the rest is read and thrown away first, within limits.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

const maxBytes = 64 * 1024 * 1024;
const maxMs = 10_000;

export function readRefusedBodies(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode === 413) await discarded(request.raw);
  });
}

/** Resolves when all of it has come, or as much as is waited for. */
export function discarded(body: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) finish();
    };
    const finish = () => {
      clearTimeout(late);
      body.off('data', count).off('end', finish).off('close', finish);
      resolve();
    };
    const late = setTimeout(finish, maxMs);
    if (body.readableEnded || body.destroyed) return finish();
    body.on('data', count).on('end', finish).on('close', finish).resume();
  });
}
