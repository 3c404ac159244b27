/** What `/health` asks: the parts of this server, as they are wired. */
import type { ComponentHealth, HealthCheck, HealthChecks } from './api/ops/health.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Engine } from './core/ports/engine.ts';
import type { Store } from './core/ports/store.ts';

export interface HealthParts {
  store: Pick<Store, 'check'>;
  engine: Pick<Engine, 'info' | 'check'>;
  /** Why the engine cannot be reached, as far as its events tell. */
  engineProblem: () => string | undefined;
  /** How long the task at the head of the queue has waited, in milliseconds. */
  oldestWaitMs: () => number;
  /** Why calls are not recorded, while they are not. */
  auditProblem?: () => string | undefined;
  clock: Pick<Clock, 'now'>;
  /** Throws why the Redis that is configured cannot be used; absent where there is none. */
  checkRedis?: (() => Promise<void>) | undefined;
  /** States of the languages of functions; those that are not named are not built. */
  runtimes?: Readonly<Record<string, HealthCheck>>;
}

/** How long an answer of the disk or the engine holds: whoever asks more often makes no more of them. */
const rememberedMs = 1000;
/** A queue whose head waits for so long is stuck. */
const stuckMs = 30_000;

export function healthChecks(parts: HealthParts): HealthChecks {
  const { clock, store, engine } = parts;
  const startedAt = clock.now();
  const storeAnswers = remembered(clock, () => store.check());
  const engineAnswers = remembered(clock, () => engine.check());
  return {
    components: {
      controller: () => {
        const auditProblem = parts.auditProblem?.();
        const uptime = {
          uptimeSeconds: Math.round((clock.now() - startedAt) / 1000),
          ...(auditProblem !== undefined && { auditLog: auditProblem }),
        };
        const waited = parts.oldestWaitMs();
        if (waited < stuckMs) return ok(uptime);
        return down(`tasks have waited for ${Math.round(waited / 1000)} s to be looked at`, uptime);
      },
      redis: redisHealth(clock, parts.checkRedis),
      postgres: () =>
        storeAnswers().then(
          () => ok({ backend: 'SQLite', reason: 'no PostgreSQL is configured' }),
          (error: unknown) => down(error, { backend: 'SQLite' }),
        ),
      engine: async () => {
        const { name, description, simulated } = engine.info();
        const what = { name, description, simulated };
        const problem = parts.engineProblem();
        if (problem !== undefined) return down(problem, what);
        return engineAnswers().then(
          () => ok(what),
          (error: unknown) => down(error, what),
        );
      },
    },
    runtimes: { nodejs: notBuilt, python: notBuilt, rust: notBuilt, ...parts.runtimes },
  };
}

function redisHealth(clock: Pick<Clock, 'now'>, check: HealthParts['checkRedis']): HealthCheck {
  if (check === undefined) return () => ok({ backend: 'memory', reason: 'no Redis is configured' });
  const answers = remembered(clock, check);
  const backend = 'Redis';
  return () =>
    answers().then(
      () => ok({ backend }),
      (error: unknown) => ({
        ...down(error, { backend, effect: 'no results of functions are kept until it is back' }),
        optional: true as const,
      }),
    );
}

function notBuilt(): ComponentHealth {
  return { state: 'unavailable', details: { reason: 'functions are not part of this version yet' } };
}

function ok(details: ComponentHealth['details']): ComponentHealth {
  return { state: 'ok', details };
}

function down(reason: unknown, details: ComponentHealth['details']): ComponentHealth {
  const text = reason instanceof Error ? reason.message : String(reason);
  return { state: 'down', details: { ...details, reason: text } };
}

/** One call at a time, and its answer for all who ask until it is too old. */
function remembered(clock: Pick<Clock, 'now'>, check: () => Promise<void>): () => Promise<void> {
  let last: { answer: Promise<void>; doneAt: number } | undefined;
  return () => {
    if (last !== undefined && clock.now() - last.doneAt < rememberedMs) return last.answer;
    const made = { answer: check(), doneAt: Number.POSITIVE_INFINITY };
    const note = () => void (made.doneAt = clock.now());
    made.answer.then(note, note);
    last = made;
    return made.answer;
  };
}
