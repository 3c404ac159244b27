/**
 * Who calls, how often, and whether they may: in this order, for every request, before anything else is looked at.
 * A request for a route that does not exist is asked for a credential like any other. Written without a promise where
 * nothing is waited for: with authentication off the door costs nothing that can be measured.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { requireScope, type Principal } from '../../core/principal.ts';
import type { Scope } from '../../core/scopes.ts';
import { andThen, type Sooner } from '../../core/sooner.ts';
import type { RouteAccess } from '../access.ts';
import { callerOf } from './claimed-credentials.ts';
import type { AuthMethod } from './method.ts';
import type { RequestLimits } from './request-limits.ts';
import { ReadAgain, readBody } from './request-body.ts';

export interface FrontDoorOptions {
  mode: 'none' | 'optional' | 'required';
  /** In order: the first that the request claims says who calls, but every one it claims must be good. */
  methods: readonly AuthMethod[];
  /** The caller with authentication off, and without credentials where they are optional. */
  unauthenticated: Principal;
  anonymous: Principal;
  /** Requests over the data directory's own socket. */
  local: { principal: Principal; is(request: FastifyRequest): boolean };
  limits: RequestLimits;
  bodyLimit: number;
}

export function frontDoor(app: FastifyInstance, options: FrontDoorOptions): void {
  const { mode, limits } = options;
  const explicit = options.methods.filter((method) => !method.ofConnection);
  const ofConnection = options.methods.filter((method) => method.ofConnection);
  /** What these claim covers the body, so that it has to be read first. */
  const deferred = new WeakMap<FastifyRequest, readonly AuthMethod[]>();
  app.decorateRequest('principal');
  app.decorateRequest('operation', undefined);
  app.decorateRequest('completeEntry', undefined);

  app.addHook('onClose', async () => {
    for (const method of options.methods) await method.close?.();
  });

  app.addHook('onRequest', (request, _reply, done) => {
    const entered = enter(request);
    if (entered === undefined) done();
    else entered.then(() => done(), done);
  });

  app.addHook('preParsing', (request, _reply, payload, done) => {
    const claimed = deferred.get(request);
    if (claimed === undefined) return done(null, payload);
    readBody(request, payload, options.bodyLimit)
      .then(async (body) => {
        await admit(request, await callerOf(request, claimed, limits, body), limits);
        return new ReadAgain(body);
      })
      .then((again) => done(null, again), done);
  });

  // Here and not in the face, so that no face can forget it.
  app.addHook('preHandler', (request, _reply, done) => {
    const { completeEntry } = request;
    const entered = completeEntry?.((request.body as string | undefined) ?? '');
    if (entered === undefined) done();
    else entered.then(() => done(), done);
  });

  /** Throws, or rejects, where the caller may not go on. */
  function enter(request: FastifyRequest): Sooner<void> {
    const known = withoutCredential(request, options);
    if (known !== undefined) return admit(request, known, limits);
    const claimed = claimedOf(request);
    if (claimed.length === 0) return admit(request, withoutClaim(request), limits);
    if (claimed.some((method) => method.coversBody)) return enterWithBody(request, claimed);
    return andThen(callerOf(request, claimed, limits), (principal) => admit(request, principal, limits));
  }

  function enterWithBody(request: FastifyRequest, claimed: readonly AuthMethod[]): void {
    if (request.routeOptions.config.access?.takesText !== true) return void deferred.set(request, claimed);
    request.completeEntry = (body) =>
      andThen(callerOf(request, claimed, limits, body), (principal) => admit(request, principal, limits));
  }

  function claimedOf(request: FastifyRequest): readonly AuthMethod[] {
    const claimed = explicit.filter((method) => method.claims(request));
    return claimed.length > 0 ? claimed : ofConnection.filter((method) => method.claims(request));
  }

  function withoutClaim(request: FastifyRequest): Principal {
    if (request.headers.authorization !== undefined) {
      const schemes = 'Bearer with a token or an API key, or AWS4-HMAC-SHA256';
      throw new AppError(
        'Unauthorized',
        `The Authorization header is of no kind that is known here: ${schemes}.`,
      );
    }
    const scope = request.routeOptions.config.access?.scope;
    if (mode === 'optional' || scope === 'later') return options.anonymous;
    throw new AppError('Unauthorized', 'Authentication required');
  }
}

/** Undefined: the credentials decide. With authentication off they are not even looked at. */
function withoutCredential(request: FastifyRequest, options: FrontDoorOptions): Principal | undefined {
  if (options.local.is(request)) return options.local.principal;
  if (options.mode === 'none') return options.unauthenticated;
  const scope = request.routeOptions.config.access?.scope;
  return scope === 'public' ? options.anonymous : undefined;
}

function admit(request: FastifyRequest, principal: Principal, limits: RequestLimits): Sooner<void> {
  request.principal = principal;
  const { access } = request.routeOptions.config;
  if (access === undefined) return undefined;
  const counted = access.limit === undefined ? undefined : limits.count(request, access.limit);
  if (counted !== undefined) return counted.then(() => requireRouteScope(principal, access.scope));
  return requireRouteScope(principal, access.scope);
}

type RouteScope = RouteAccess['scope'];
/** What a caller needs no scope for at the door. */
const openScopes: ReadonlySet<RouteScope> = new Set([
  'public',
  'authenticated',
  'operation',
  'later',
] as const);

function requireRouteScope(principal: Principal, scope: RouteScope): void {
  if (scope === 'authenticated' && principal.kind === 'anonymous') {
    throw new AppError('Unauthorized', 'Authentication required');
  }
  if (!openScopes.has(scope)) requireScope(principal, scope as Scope);
}
