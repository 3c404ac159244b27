/** Signed tokens over REST, for what cannot keep a key. */
import { checkedTokenRequest } from '../../../core/token-request.ts';
import type { TypedApp } from '../../typed-app.ts';
import type { AuthRoutesOptions } from './options.ts';
import { error, issuedToken, newToken } from './schemas.ts';

const TOKEN_SECONDS = 86_400;

export function tokenRoutes(app: TypedApp, { core, issueToken }: AuthRoutesOptions): void {
  app.post(
    '/auth/tokens',
    {
      config: { access: { face: 'ops', scope: 'keys:create' } },
      schema: {
        operationId: 'createToken',
        summary: 'Make a signed token (JWT) that allows no more than the caller may',
        tags: ['auth'],
        body: newToken,
        response: { 201: issuedToken, '4xx': error },
      },
    },
    async (request, reply) => {
      const { ttlSeconds = TOKEN_SECONDS, ...asked } = request.body;
      const claims = await checkedTokenRequest(core, request.principal, asked);
      const { token, expiresIn, jti } = await issueToken({ ...claims, ttlSeconds });
      request.audit = { target: `${claims.subject} ${jti}` };
      void reply.code(201).header('cache-control', 'no-store');
      return { token, expiresIn };
    },
  );
}
