/** How the engine answers. */
import { Counter, Histogram, type Registry } from 'prom-client';

const buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export class EngineMetrics {
  readonly #durations: Histogram<'method'>;
  readonly #errors: Counter<'method' | 'code'>;

  constructor(registry: Registry) {
    this.#durations = new Histogram({
      name: 'longshore_engine_call_duration_seconds',
      help: 'Time that calls of the engine took, by method; pulls and stops wait for others.',
      labelNames: ['method'],
      buckets,
      registers: [registry],
    });
    this.#errors = new Counter({
      name: 'longshore_engine_call_errors_total',
      help: 'Calls of the engine that failed, by method and code.',
      labelNames: ['method', 'code'],
      registers: [registry],
    });
  }

  /** Measures one call. Both names come from the engine port. */
  async call<T>(method: string, work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      this.#errors.inc({ method, code: codeOf(error) });
      throw error;
    } finally {
      this.#durations.observe({ method }, (performance.now() - begun) / 1000);
    }
  }
}

/** Codes of engine errors are a fixed set; those of the system (`ECONNRESET`) are not worth a label each. */
function codeOf(error: unknown): string {
  return error instanceof Error && error.name === 'EngineError'
    ? (error as Error & { code: string }).code
    : 'other';
}
