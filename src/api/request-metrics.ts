import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { AccessMetrics } from '../telemetry/metrics/access-metrics.ts';
import type { RequestMetrics, RequestSeries } from '../telemetry/metrics/request-metrics.ts';
import type { RequestLimits } from './auth/request-limits.ts';

/** A route's series: its own, and one per operation that its requests turned out to be. */
interface RouteSeries {
  face: string;
  own: RequestSeries;
  operations: Map<string, RequestSeries>;
}

/**
 * Counts and times every answered request. Labels come from what routes declare and faces recognise, never from a
 * path or a header; requests that no route knows are one series.
 */
export function measureRequests(app: FastifyInstance, metrics: RequestMetrics): void {
  const unknown = metrics.series('none', 'unknown');
  const routes = new WeakMap<object, RouteSeries>();

  const seriesOf = (request: FastifyRequest): RequestSeries => {
    const { config } = request.routeOptions;
    if (config?.access === undefined) return unknown;
    let route = routes.get(config);
    if (route === undefined) {
      const { access, method, url } = config;
      const operation = access.operation ?? `${[method].flat().join()} ${url}`;
      route = { face: access.face, own: metrics.series(access.face, operation), operations: new Map() };
      routes.set(config, route);
    }
    const { operation } = request;
    if (operation === undefined) return route.own;
    let series = route.operations.get(operation);
    if (series === undefined) {
      series = metrics.series(route.face, operation);
      route.operations.set(operation, series);
    }
    return series;
  };

  app.addHook('onResponse', (request, reply, done) => {
    seriesOf(request).record(reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

/** The same limits, with those counted that were hit, and bad credentials. */
export function countedLimits(limits: RequestLimits, metrics: AccessMetrics): RequestLimits {
  const noting = (limit: string, check: () => void | Promise<void>): void | Promise<void> => {
    const note = (error: unknown): never => {
      if (error instanceof AppError && error.code === 'Throttled') metrics.limitHit(limit);
      throw error;
    };
    try {
      return check()?.catch(note);
    } catch (error) {
      return note(error);
    }
  };
  return {
    count: (request, limit) => noting(limit, () => limits.count(request, limit)),
    checkFailures: (request) => noting('failures', () => limits.checkFailures(request)),
    countFailure: (request) => {
      metrics.authenticationFailed('credential');
      return limits.countFailure(request);
    },
  };
}
