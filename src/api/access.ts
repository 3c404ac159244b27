/** What every route declares of itself: who may call it, how often, and what it is called in metrics and audit. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LimitName, Principal } from '../core/principal.ts';
import type { Scope } from '../core/scopes.ts';
import type { Sooner } from '../core/sooner.ts';

export type FaceName = 'ecs' | 'functions' | 'simple' | 'containers' | 'live' | 'ops' | 'piston' | 'lambda';

export interface RouteAccess {
  face: FaceName;
  /**
   * `public`: needs no credential. `authenticated`: any good one. `operation`: the face asks for a scope itself, once
   * it knows which operation is meant. `later`: a good one or none, in any mode; the face lets an anonymous caller do
   * nothing but show one (WebSocket).
   */
  scope: Scope | 'public' | 'authenticated' | 'operation' | 'later';
  limit?: LimitName;
  /**
   * Its parser leaves the body as the text that was sent: a signature over the body is checked on that, right before
   * the handler, which spares reading it twice.
   */
  takesText?: boolean;
  /** In metrics and audit; the face sets `request.operation` where one route answers many. */
  operation?: string;
  /**
   * Whether calls are audited; absent: all but GET, HEAD and OPTIONS. Where one route answers many operations, a
   * function says which one was called, or undefined for one that changes nothing.
   */
  audited?: boolean | ((request: FastifyRequest) => AuditedCall | undefined);
}

export interface AuditedCall {
  operation: string;
  /** An ARN, an id or a name. Never a secret. */
  target?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    principal: Principal;
    /** Where the caller's credential covers the body of a route that takes text: says who calls, or rejects. */
    completeEntry: ((body: string) => Sooner<void>) | undefined;
    /** The operation that a route with scope `operation` found out. */
    operation: string | undefined;
  }
}

/** A route, as tests and the audit walk over them. */
export interface RouteEntry {
  method: string;
  url: string;
  access: RouteAccess;
}

/**
 * Collects every route that is added after this. One that declares nothing fails the start: default is deny, and
 * nobody finds out later.
 */
export function collectRoutes(app: FastifyInstance): readonly RouteEntry[] {
  const routes: RouteEntry[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const each of [method].flat()) {
      // Preflights of browsers carry no credential and are answered by the CORS plugin.
      if (each === 'OPTIONS') continue;
      if (config?.access === undefined) throw new Error(`${each} ${url} does not declare who may call it`);
      routes.push({ method: each, url, access: config.access });
    }
  });
  return routes;
}
