import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import Type from 'typebox';
import type { Principal } from '../../core/principal.ts';
import type { RouteAccess } from '../access.ts';
import { errorSchema } from './error-schema.ts';

const access: RouteAccess = { face: 'ops', scope: 'admin:reset' };

const schema = {
  operationId: 'reset',
  summary: 'Delete everything but credentials, the audit log, and single containers',
  description:
    'For test suites. Tasks go; what the containers API made (containers, images, volumes, networks) stays. 404 where the server was not started with `--reset`.',
  tags: ['server'],
  response: { 200: Type.Object({ reset: Type.Boolean() }), '4xx': errorSchema },
};

/** Throws `Forbidden` for a caller of another account than the server's own: it empties all of them. */
export type Reset = (caller: Principal) => Promise<void>;

/** `POST /_longshore/reset`: back to empty, for test suites. Exists only where the server was started with it. */
export function resetRoute(reset: Reset | undefined): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.post('/_longshore/reset', { config: { access }, schema }, async (request, reply) => {
      if (!reset) {
        return reply.code(404).send({
          code: 'NotFound',
          message: 'Reset deletes everything and is off. Start the server with --reset to have it.',
        });
      }
      await reset(request.principal);
      return { reset: true };
    });
    done();
  };
}
