/**
 * Who calls, how often, and whether they may: in this order, for every request, before anything else is looked at.
 * A request for a route that does not exist is asked for a credential like any other.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { requireScope, type LimitName, type Principal } from '../../core/principal.ts';
import type { AuthMethod } from './method.ts';

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

export interface RequestLimits {
  /** Counts the request. Throws `Throttled` where it is one too many. */
  count(request: FastifyRequest, limit: LimitName): void | Promise<void>;
  /** Throws `Throttled` where this address has shown too many bad credentials of late. */
  checkFailures(request: FastifyRequest): void | Promise<void>;
  countFailure(request: FastifyRequest): void | Promise<void>;
}

export function frontDoor(app: FastifyInstance, options: FrontDoorOptions): void {
  const { mode, methods, limits } = options;
  const deferred = new WeakSet<FastifyRequest>();
  app.decorateRequest('principal');
  app.decorateRequest('operation', undefined);

  app.addHook('onRequest', async (request) => {
    const known = withoutCredential(request, options);
    if (known !== undefined) return admit(request, known, limits);
    const claimed = methods.filter((method) => method.claims(request));
    if (claimed.some((method) => method.coversBody)) {
      deferred.add(request);
      return;
    }
    await admit(request, await authenticated(request, claimed), limits);
  });

  app.addHook('preParsing', async (request, _reply, payload) => {
    if (!deferred.has(request)) return payload;
    const body = await read(payload, options.bodyLimit);
    const claimed = methods.filter((method) => method.claims(request));
    await admit(request, await authenticated(request, claimed, body), limits);
    return Object.assign(Readable.from([body]), { receivedEncodedLength: body.length });
  });

  async function authenticated(
    request: FastifyRequest,
    claimed: readonly AuthMethod[],
    body?: Buffer,
  ): Promise<Principal> {
    if (claimed.length === 0) {
      if (mode === 'optional') return options.anonymous;
      throw new AppError('Unauthorized', 'Authentication required');
    }
    await limits.checkFailures(request);
    try {
      const [principal] = await Promise.all(
        claimed.map(async (method) => method.authenticate(request, method.coversBody ? body : undefined)),
      );
      return principal!;
    } catch (error) {
      if (error instanceof AppError) await limits.countFailure(request);
      throw error;
    }
  }
}

/** Undefined: the credentials decide. With authentication off they are not even looked at. */
function withoutCredential(request: FastifyRequest, options: FrontDoorOptions): Principal | undefined {
  if (options.local.is(request)) return options.local.principal;
  if (options.mode === 'none') return options.unauthenticated;
  const scope = request.routeOptions.config.access?.scope;
  return scope === 'public' ? options.anonymous : undefined;
}

async function admit(request: FastifyRequest, principal: Principal, limits: RequestLimits): Promise<void> {
  request.principal = principal;
  const { access } = request.routeOptions.config;
  if (access === undefined) return;
  if (access.limit !== undefined) await limits.count(request, access.limit);
  if (access.scope === 'public' || access.scope === 'authenticated' || access.scope === 'operation') return;
  requireScope(principal, access.scope);
}

async function read(payload: RequestPayload, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) {
      throw Object.assign(new Error('The request body is too large.'), {
        code: 'FST_ERR_CTP_BODY_TOO_LARGE',
        statusCode: 413,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
