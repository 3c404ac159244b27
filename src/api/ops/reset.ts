import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { RouteAccess } from '../access.ts';

const access: RouteAccess = { face: 'ops', scope: 'admin:reset' };

/** `POST /_longshore/reset`: back to empty, for test suites. Exists only where the server was started with it. */
export function resetRoute(reset: (() => Promise<void>) | undefined): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.post('/_longshore/reset', { config: { access } }, async (_request, reply) => {
      if (!reset) {
        return reply.code(404).send({
          code: 'NotFound',
          message: 'Reset deletes everything and is off. Start the server with --reset to have it.',
        });
      }
      await reset();
      return { reset: true };
    });
    done();
  };
}
