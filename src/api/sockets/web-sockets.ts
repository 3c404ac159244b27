/** WebSockets of all faces: which requests may become one, how large their messages may be, and their end. */
import websocket from '@fastify/websocket';
import type { FastifyPluginAsync, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';
import type { ExecSessions } from './exec-sessions.ts';
import { closeRefusedUpgrades, webSocketUpgrades } from './upgrades.ts';

export const mostMessageBytes = 64 * 1024;

/**
 * `faces`: plugins whose routes may have a `wsHandler`. They are apart from all other routes, which need not be asked
 * whether they are one.
 */
export function webSockets(
  faces: readonly (FastifyPluginAsync | FastifyPluginCallback)[],
  sessions: ExecSessions,
): FastifyPluginAsync {
  return async (app) => {
    const paths: RegExp[] = [];
    app.addHook('onRoute', ({ url, wsHandler }) => {
      if (wsHandler !== undefined) paths.push(formOf(url));
    });
    const upgrades = webSocketUpgrades(app.server, (path) => paths.some((form) => form.test(path)));
    closeRefusedUpgrades(app);
    await app.register(websocket, {
      options: { maxPayload: mostMessageBytes, autoPong: false, server: upgrades.server },
      errorHandler: (_error, socket) => socket.terminate(),
      preClose: (done) => {
        upgrades.end();
        sessions.close().then(() => done(), done);
      },
    });
    for (const face of faces) await app.register(face as FastifyPluginAsync);
  };
}

/** `/exec/:session` as paths match it. */
function formOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}

/** The handler of a route that is a WebSocket only: RFC 9110, section 15.5.22. */
export function askForUpgrade(_request: FastifyRequest, reply: FastifyReply): never {
  reply.header('upgrade', 'websocket');
  throw new Refusal(
    426,
    'UpgradeRequired',
    'This is a WebSocket: connect with ws:// or wss:// in place of http:// or https://.',
  );
}
