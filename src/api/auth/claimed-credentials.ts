/** Who calls, by what the request shows: without a promise where what is needed to tell is at hand. */
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../core/principal.ts';
import { andThen, type Sooner } from '../../core/sooner.ts';
import { isBadCredential } from './bad-credential.ts';
import type { RequestLimits } from './request-limits.ts';
import type { AuthMethod } from './method.ts';

type Limits = Pick<RequestLimits, 'checkFailures' | 'countFailure'>;

/**
 * Every credential of `claimed` has to be good; the first says who it is. Throws, or rejects with, what the method
 * says, and `Throttled` where this address has shown too many bad ones.
 */
export function callerOf(
  request: FastifyRequest,
  claimed: readonly AuthMethod[],
  limits: Limits,
  body?: Buffer | string,
): Sooner<Principal> {
  return andThen(limits.checkFailures(request), () => {
    try {
      const caller =
        claimed.length === 1 ? claimed[0]!.authenticate(request, body) : firstOfAll(request, claimed, body);
      return caller instanceof Promise ? caller.catch((error) => refuse(request, limits, error)) : caller;
    } catch (error) {
      return refuse(request, limits, error);
    }
  });
}

async function firstOfAll(
  request: FastifyRequest,
  claimed: readonly AuthMethod[],
  body: Buffer | string | undefined,
): Promise<Principal> {
  const callers: Principal[] = [];
  for (const method of claimed) callers.push(await method.authenticate(request, body));
  return callers[0]!;
}

async function refuse(request: FastifyRequest, limits: Limits, error: unknown): Promise<never> {
  if (isBadCredential(error)) await limits.countFailure(request);
  throw error;
}
