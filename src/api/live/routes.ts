/** `/ws`, `/exec/<session>` and the tickets with which a browser opens the first. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import type { RouteAccess } from '../access.ts';
import { ticketSeconds } from '../auth/connection-entry.ts';
import { askForUpgrade } from '../sockets/web-sockets.ts';
import type { Hub } from './hub.ts';

const events: RouteAccess = { face: 'live', scope: 'later', limit: 'live', operation: 'Subscribe' };
/** The session's id, which is secret and good once, is the credential. */
const exec: RouteAccess = { face: 'live', scope: 'public', operation: 'ExecuteCommand' };
const tickets: RouteAccess = { face: 'live', scope: 'authenticated', operation: 'CreateTicket' };

const ticketSchema = {
  operationId: 'createTicket',
  summary: 'A ticket that opens one WebSocket within 30 seconds: /ws?token=<ticket>',
  tags: ['auth'],
  response: {
    201: Type.Object({ ticket: Type.String(), expiresIn: Type.Integer({ description: 'Seconds' }) }),
  },
};

export function liveFace(hub: Hub): FastifyPluginAsync {
  return async (app) => {
    app.addHook('preClose', (done) => {
      hub.close();
      done();
    });
    await hub.feed.start();
    await app.register(webSocketRoutes(hub));
    app.post('/auth/tickets', { config: { access: tickets }, schema: ticketSchema }, (request, reply) =>
      reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ticket: hub.authentication.issueTicket(request), expiresIn: ticketSeconds }),
    );
  };
}

function webSocketRoutes(hub: Hub): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.route<{ Querystring: { token?: unknown } }>({
      method: 'GET',
      url: '/ws',
      config: { access: events },
      schema: { hide: true },
      handler: askForUpgrade,
      wsHandler: (socket, request) => {
        const { token } = request.query;
        hub.connect(socket, request, typeof token === 'string' ? token : undefined);
      },
    });
    app.route<{ Params: { session: string } }>({
      method: 'GET',
      url: '/exec/:session',
      config: { access: exec },
      schema: { hide: true },
      handler: askForUpgrade,
      wsHandler: (socket, request) => hub.exec.connect(socket, request.params.session),
    });
  };
}
