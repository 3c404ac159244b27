/** What the front door turned away. */
import { Counter, type Registry } from 'prom-client';

export class AccessMetrics {
  readonly #limits: Counter<'limit'>;
  readonly #failures: Counter<'kind'>;

  constructor(registry: Registry) {
    this.#limits = new Counter({
      name: 'longshore_limits_hit_total',
      help: 'Requests turned away because a limit was reached, by limit.',
      labelNames: ['limit'],
      registers: [registry],
    });
    this.#failures = new Counter({
      name: 'longshore_authentication_failures_total',
      help: 'Bad credentials: kind is login for names with passwords, credential for all that came with a request.',
      labelNames: ['kind'],
      registers: [registry],
    });
    for (const kind of ['login', 'credential']) this.#failures.inc({ kind }, 0);
  }

  /** `limit`: one of the server's few names, never anything from a request. */
  limitHit(limit: string): void {
    this.#limits.inc({ limit });
  }

  authenticationFailed(kind: 'login' | 'credential'): void {
    this.#failures.inc({ kind });
  }
}
