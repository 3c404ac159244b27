/**
 * The state of the server, for people, load balancers and Kubernetes. Public, and never limited: what it says costs
 * no more than a look at what is known (the checks remember their last answer for a moment).
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteAccess } from '../access.ts';
import { withoutPaths } from '../error-text.ts';
import { isFromHere } from '../from-here.ts';
import { healthSchema, liveSchema, readySchema } from './health-schemas.ts';

/**
 * `starting`: it has not worked yet, and nothing says that it will not. `unavailable`: it is not there and need not
 * be. Neither degrades anything.
 */
export type ComponentState = 'ok' | 'starting' | 'down' | 'unavailable';

export interface ComponentHealth {
  state: ComponentState;
  /** What stands behind it; `reason` says why it is what it is, always where it is not ok. */
  details: { readonly reason?: string; readonly [name: string]: unknown };
  /** The server does all its work without it: it is ready though this is down. */
  optional?: true;
}

export type HealthCheck = () => ComponentHealth | Promise<ComponentHealth>;

export interface HealthChecks {
  /** By name, in the order they are shown: `controller`, `redis`, `postgres`, `engine`. Not ready without them. */
  components: Readonly<Record<string, HealthCheck>>;
  /** By language. */
  runtimes: Readonly<Record<string, HealthCheck>>;
}

export interface HealthOptions {
  version: string;
  checks: HealthChecks;
  /** Milliseconds that each check may take. */
  patience?: number;
}

const access = (operation: string): RouteAccess => ({ face: 'ops', scope: 'public', operation });

/**
 * `GET /health`: 200 as long as requests are served at all, so that nothing restarts a server which only lacks its
 * engine. The body is that of the functions API (its document, 2.4): `status` is `ok` or `degraded`, each component
 * a word; `details` says what stands behind each.
 * `GET /health/live`: 200. `GET /health/ready`: 200 when every component that is needed is ok, else 503 with
 * `reasons`. No request is answered before the start has finished.
 */
export function healthRoute(options: HealthOptions): FastifyPluginCallback {
  const { checks, version, patience = 2000 } = options;
  return (app: FastifyInstance, _, done) => {
    app.addHook('onSend', (_request, reply, payload, next) => {
      reply.header('cache-control', 'no-store');
      next(null, payload);
    });
    app.get('/health', { config: { access: access('Health') }, schema: healthSchema }, async (request) => {
      const [components, runtimes] = await Promise.all([
        answers(checks.components, patience),
        answers(checks.runtimes, patience),
      ]);
      const down = [...components, ...runtimes].some(([, { state }]) => state === 'down');
      return {
        status: down ? 'degraded' : 'ok',
        version,
        components: { ...states(components), runtimes: states(runtimes) },
        details: shownTo(request, { ...details(components), runtimes: details(runtimes) }),
      };
    });
    app.get('/health/live', { config: { access: access('HealthLive') }, schema: liveSchema }, () => ({
      status: 'ok',
    }));
    app.get(
      '/health/ready',
      { config: { access: access('HealthReady') }, schema: readySchema },
      async (request, reply) => readiness(await answers(checks.components, patience), request, reply),
    );
    done();
  };
}

type Answers = [name: string, health: ComponentHealth][];

function readiness(components: Answers, request: FastifyRequest, reply: FastifyReply): object {
  const reasons = components
    .filter(([, { state, optional }]) => state === 'down' && optional !== true)
    .map(([name, health]) => `${name}: ${health.details.reason ?? 'down'}`);
  if (reasons.length === 0) return { status: 'ready' };
  void reply.code(503);
  return { status: 'not ready', reasons: shownTo(request, reasons) };
}

const states = (all: Answers) => Object.fromEntries(all.map(([name, { state }]) => [name, state]));
const details = (all: Answers) => Object.fromEntries(all.map(([name, health]) => [name, health.details]));

/** Anyone may ask, but where things lie on this machine is for who is on it. */
function shownTo(request: FastifyRequest, details: object): unknown {
  if (isFromHere(request)) return details;
  return JSON.parse(JSON.stringify(details), (_, value: unknown) =>
    typeof value === 'string' ? withoutPaths(value) : value,
  );
}

function answers(checks: Readonly<Record<string, HealthCheck>>, patience: number): Promise<Answers> {
  const asked = Object.entries(checks).map(async ([name, check]): Promise<Answers[number]> => [
    name,
    await within(patience, check),
  ]);
  return Promise.all(asked);
}

/** A check that fails or hangs is a component that is down. */
async function within(patience: number, check: HealthCheck): Promise<ComponentHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { state: 'down', details: { reason: error instanceof Error ? error.message : String(error) } };
  } finally {
    clearTimeout(timer);
  }
}
