/** Coming in with a password, going out again, and asking who one is. */
import type { FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import Type from 'typebox';
import { AppError } from '../../../core/errors.ts';
import { scopesOf } from '../../../core/rights.ts';
import { checkPassword, revokeToken } from '../../../core/users.ts';
import type { TypedApp } from '../../typed-app.ts';
import type { AuthRoutesOptions } from './options.ts';
import { caller, credentials, error, issuedToken } from './schemas.ts';

const TOKEN_SECONDS = 86_400;
const tags = ['auth'];

export function loginRoutes(app: TypedApp, { core, issueToken, guard }: AuthRoutesOptions): void {
  app.post(
    '/auth/login',
    {
      config: { access: { face: 'ops', scope: 'public', operation: 'login' } },
      schema: {
        operationId: 'login',
        summary: 'Exchange a username and a password for a token of a day',
        tags,
        security: [],
        body: credentials,
        response: { 200: issuedToken, '4xx': error },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      request.audit = { target: username };
      const user = await guarded(() => checkPassword(core, username, password), guard, username, request.ip);
      request.audit = { target: username, subject: user.id, kind: 'password', account: user.account };
      const { patterns } = scopesOf(user);
      const claims = { subject: user.id, scopes: patterns, account: user.account };
      const { token, expiresIn } = await issueToken({ ...claims, ttlSeconds: TOKEN_SECONDS });
      void reply.header('cache-control', 'no-store');
      return { token, expiresIn };
    },
  );

  app.post(
    '/auth/logout',
    {
      config: { access: { face: 'ops', scope: 'authenticated', operation: 'logout' } },
      schema: {
        operationId: 'logout',
        summary: 'End the token that the request carries',
        tags,
        response: { 204: Type.Null(), '4xx': error },
      },
    },
    async (request, reply) => {
      const { jti, endsAt } = shownToken(request);
      await revokeToken(core, jti, endsAt);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/auth/whoami',
    {
      config: { access: { face: 'ops', scope: 'authenticated' } },
      schema: {
        operationId: 'whoami',
        summary: 'Who the caller is and what it may do',
        tags,
        response: { 200: caller, '4xx': error },
      },
    },
    async ({ principal }) => {
      const { subject, kind, keyId, scopes, account } = principal;
      const shown = { subject, kind, scopes: [...scopes.patterns], account };
      return { ...shown, ...(keyId !== undefined && { keyId }) };
    },
  );
}

/** A failure that is no wrong password, of the disk say, counts for nobody. */
async function guarded<T>(
  login: () => Promise<T>,
  guard: AuthRoutesOptions['guard'],
  user: string,
  ip: string,
): Promise<T> {
  await guard.check(user, ip);
  try {
    const result = await login();
    await guard.succeeded(user, ip);
    return result;
  } catch (failure) {
    if (failure instanceof AppError && failure.code === 'Unauthorized') await guard.failed(user, ip);
    throw failure;
  }
}

/** The front door has checked its signature, and says by which id it knows the token: what a token has may be none. */
function shownToken({ principal, headers }: FastifyRequest): { jti: string; endsAt: number } {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const exp = principal.kind === 'token' && token !== undefined ? endOf(token) : undefined;
  if (exp === undefined) {
    throw new AppError(
      'InvalidParameter',
      'Authorization: only a token can be ended here. Revoke a key with DELETE /auth/keys/{id}.',
    );
  }
  if (principal.keyId !== undefined) return { jti: principal.keyId, endsAt: exp * 1000 };
  throw new AppError(
    'InvalidParameter',
    'Authorization: this token has no jti claim that is text, by which it could be told from others; it ends at its ' +
      'exp. Have its issuer set jti.',
  );
}

/** Seconds; undefined for what is no token. */
function endOf(token: string): number | undefined {
  try {
    return decodeJwt(token).exp;
  } catch {
    return undefined;
  }
}
