import type { FastifyRequest } from 'fastify';
import type { LimitName } from '../../core/principal.ts';
import type { Sooner } from '../../core/sooner.ts';

export interface RequestLimits {
  /** Counts the request. Throws `Throttled` where it is one too many. */
  count(request: FastifyRequest, limit: LimitName): Sooner<void>;
  /** Throws `Throttled` where this address has shown too many bad credentials of late. */
  checkFailures(request: FastifyRequest): Sooner<void>;
  countFailure(request: FastifyRequest): Sooner<void>;
}
