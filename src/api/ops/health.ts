import type { FastifyInstance, FastifyPluginCallback } from 'fastify';

export interface ComponentHealth {
  status: 'up' | 'down';
  /** Why it is down, or what it is: `embedded (podman 4.3.1)`. */
  detail?: string;
  /** Of the engine: it starts no containers. */
  simulated?: boolean;
}

/** By name: `engine`, `database` ... */
export type Components = Record<string, ComponentHealth>;

export interface HealthOptions {
  version: string;
  health: () => Promise<Components>;
  /** Milliseconds that a check may take. */
  patience?: number;
}

/**
 * `GET /health`: 200 as long as requests are served at all, so that nothing restarts a server which only lacks its
 * engine; the body says `healthy` or `degraded`, and what each component is up to.
 */
export function healthRoute(options: HealthOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.get('/health', { config: { access: { face: 'ops', scope: 'public' } } }, async () => {
      const components = await checked(options.health, options.patience ?? 2000);
      const healthy = Object.values(components).every((component) => component.status === 'up');
      return { status: healthy ? 'healthy' : 'degraded', version: options.version, components };
    });
    done();
  };
}

/** A check that fails or hangs is itself a component that is down. */
async function checked(health: () => Promise<Components>, patience: number): Promise<Components> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([health(), late]);
  } catch (error) {
    return { check: { status: 'down', detail: error instanceof Error ? error.message : String(error) } };
  } finally {
    clearTimeout(timer);
  }
}
