/**
 * `GET /metrics` in Prometheus' text format. Free for who asks from this machine without a proxy between, where there
 * is no address of its own for it; else it needs the scope `metrics:read`. They are figures of the whole server, so
 * a caller of another account never sees them.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { requireScope } from '../../core/principal.ts';
import type { RouteAccess } from '../access.ts';
import { isFromHere } from '../from-here.ts';
import { metricsSchema } from './health-schemas.ts';

/** Anonymous callers come as far as the handler, which is what scope `later` is for. */
const access: RouteAccess = { face: 'ops', scope: 'later', operation: 'Metrics' };

export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricsRouteOptions {
  metrics: MetricsText;
  /** The server's own. */
  account: string;
  freeOnLoopback: boolean;
}

export function metricsRoute({
  metrics,
  account,
  freeOnLoopback,
}: MetricsRouteOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.get('/metrics', { config: { access }, schema: metricsSchema }, async (request, reply) => {
      const isFree = freeOnLoopback && request.principal.kind === 'anonymous' && isFromHere(request);
      if (!isFree) mayRead(request, account);
      const text = await metrics.text();
      return reply.type(metrics.contentType).header('cache-control', 'no-store').send(text);
    });
    done();
  };
}

function mayRead({ principal }: FastifyRequest, account: string): void {
  if (principal.kind === 'anonymous' && !principal.scopes.allows('metrics:read')) {
    throw new AppError(
      'Unauthorized',
      'Authentication required: the metrics are free only for who asks from this machine, over loopback.',
    );
  }
  requireScope(principal, 'metrics:read');
  if (principal.account === account) return;
  throw new AppError('Forbidden', 'The metrics are of the whole server, which is of another account.');
}
