/** API keys: in `X-API-Key`, or as `Authorization: Bearer lsk_…`. Never in a URL, where logs and histories keep it. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../core/principal.ts';
import type { Sooner } from '../../core/sooner.ts';
import { bearerKind, bearerToken } from './bearer.ts';
import type { AuthMethod } from './method.ts';

export const apiKeyPrefix = 'lsk_';

/** The two places of a key. `principalOf` throws `Unauthorized` for one that is not in force. */
export function apiKeys(principalOf: (key: string) => Sooner<Principal>): AuthMethod[] {
  return [
    {
      name: 'api-key',
      claims: ({ headers }) => headers['x-api-key'] !== undefined,
      authenticate({ headers }) {
        const key = headers['x-api-key'];
        if (typeof key !== 'string') throw new AppError('Unauthorized', 'X-API-Key: send one key.');
        return principalOf(key);
      },
    },
    {
      name: 'bearer-api-key',
      claims: (request) => bearerKind(request, apiKeyPrefix) === 'prefixed',
      authenticate: (request: FastifyRequest) => principalOf(bearerToken(request)!),
    },
  ];
}
