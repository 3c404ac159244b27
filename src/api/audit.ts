/** Records every call that changes something, and every login, before it is answered. Calls that only read pay nothing. */
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { AuditEntry, AuditLog } from '../core/ports/audit.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { AuditedCall, RouteAccess } from './access.ts';
import { withoutSecrets } from './redaction.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * What a handler knows better than the hook: whom a login made the caller, the id of what was created. Set it
     * before answering.
     */
    audit: AuditNote | undefined;
  }
}

export interface AuditNote {
  /** Only once it is proven: `user:ann` after her password was right. */
  subject?: string;
  kind?: string;
  keyId?: string;
  account?: string;
  /** An ARN, an id or a name. Never a secret. */
  target?: string;
}

export interface AuditOptions {
  log: AuditLog;
  clock: Pick<Clock, 'now'>;
}

/** What callers may put into an entry is cut off here: characters. */
const maxTarget = 512;
const maxName = 128;
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** For every route that is added after this. */
export function recordCalls(app: FastifyInstance, { log, clock }: AuditOptions): void {
  app.decorateRequest('audit', undefined);
  app.addHook('onRoute', (route) => {
    const { access } = route.config ?? {};
    if (access === undefined || !isAudited(access, route.method)) return;
    route.onSend = [
      (request, reply, payload, done) => {
        const call = calledOf(request, access);
        const isFlood = reply.statusCode === 429 && isUnnamed(request);
        if (call === undefined || isFlood) return done(null, payload);
        const outcome = { status: reply.statusCode, error: errorOf(reply.statusCode, payload) };
        log.append(auditEntry(request, access.face, call, outcome, clock.now()), () => done(null, payload));
      },
      ...[route.onSend ?? []].flat(),
    ];
  });
}

function isAudited(access: RouteAccess, method: RouteOptions['method']): boolean {
  if (access.audited !== undefined) return access.audited !== false;
  return [method].flat().some((each) => !reading.has(each));
}

function calledOf(request: FastifyRequest, access: RouteAccess): AuditedCall | undefined {
  if (typeof access.audited === 'function') return access.audited(request);
  const parameters = Object.values((request.params ?? {}) as Record<string, string>);
  return {
    operation: access.operation ?? `${request.method} ${request.routeOptions.url}`,
    ...(parameters.length > 0 && { target: parameters.join('/') }),
  };
}

/** Refused for asking too often before anybody knew who asks: as many as somebody likes to send. */
function isUnnamed({ principal }: FastifyRequest): boolean {
  return (principal as FastifyRequest['principal'] | undefined) === undefined;
}

/** The entry of a call, also for faces whose calls are no requests of their own (messages of a WebSocket). */
export function auditEntry(
  request: Pick<FastifyRequest, 'id' | 'ip' | 'principal' | 'audit'>,
  face: string,
  call: AuditedCall,
  outcome: { status: number; error?: string },
  now: number,
): AuditEntry {
  const { audit: note } = request;
  const principal = request.principal as FastifyRequest['principal'] | undefined;
  const keyId = note?.keyId ?? principal?.keyId;
  const target = note?.target ?? call.target;
  return {
    at: new Date(now).toISOString(),
    requestId: request.id,
    subject: cut(note?.subject ?? principal?.subject ?? 'unknown', maxName),
    kind: note?.kind ?? principal?.kind ?? 'unknown',
    ...(keyId !== undefined && { keyId: cut(keyId, maxName) }),
    account: note?.account ?? principal?.account ?? '',
    address: request.ip ?? '',
    face,
    operation: cut(call.operation, maxName),
    ...(target !== undefined && { target: cut(withoutSecrets(target), maxTarget) }),
    status: outcome.status,
    result: resultOf(outcome),
    ...(outcome.error !== undefined && { error: cut(outcome.error, maxName) }),
  };
}

/** Resolves once the entry outlives a kill. */
export async function recordEntry(log: AuditLog | undefined, entry: AuditEntry): Promise<void> {
  if (log !== undefined) await new Promise<void>((resolve) => log.append(entry, resolve));
}

function resultOf({ status, error }: { status: number; error?: string }): AuditEntry['result'] {
  if (status < 400) return 'success';
  // The ECS API says that a policy forbids something with 400.
  const isRefusal = status === 401 || status === 403 || status === 429 || error === 'AccessDeniedException';
  return isRefusal ? 'denied' : 'failure';
}

/** Every face's errors are short JSON with the code in one of these places. */
function errorOf(status: number, payload: unknown): string | undefined {
  if (status < 400 || typeof payload !== 'string' || payload.length > 16_384) return undefined;
  try {
    const body = JSON.parse(payload) as { __type?: unknown; code?: unknown; error?: unknown };
    const nested = (body.error as { code?: unknown } | null | undefined)?.code;
    return [body.__type, body.code, nested, body.error].find((code) => typeof code === 'string');
  } catch {
    return undefined;
  }
}

const cut = (text: string, characters: number) =>
  text.length > characters ? `${text.slice(0, characters)}…` : text;
