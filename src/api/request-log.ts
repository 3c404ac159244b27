import type { FastifyInstance } from 'fastify';
import type { Log } from '../telemetry/log.ts';
import { withoutSecrets } from './redaction.ts';

/** One line per request at level debug. Below that nothing is even measured. */
export function logRequests(app: FastifyInstance, log: Log): void {
  if (!log.isLevelEnabled('debug')) return;
  app.addHook('onResponse', (request, reply, done) => {
    log.debug(
      {
        requestId: request.id,
        method: request.method,
        url: withoutSecrets(request.url),
        target: request.headers['x-amz-target'],
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
      },
      'request',
    );
    done();
  });
}
