/** Executions of functions. Languages are the server's own few, and outcomes codes of its API: never names of users. */
import { Counter, Histogram, type Registry } from 'prom-client';

/** Seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export class FunctionMetrics {
  readonly #executions: Counter<'language' | 'outcome'>;
  readonly #durations: Histogram<'language'>;

  constructor(registry: Registry) {
    this.#executions = new Counter({
      name: 'longshore_function_executions_total',
      help: 'Executions answered, by language and outcome: ok, cached, or the code of the error.',
      labelNames: ['language', 'outcome'],
      registers: [registry],
    });
    this.#durations = new Histogram({
      name: 'longshore_function_duration_seconds',
      help: 'Time that functions ran, by language; those that failed with the wait for a sandbox.',
      labelNames: ['language'],
      buckets,
      registers: [registry],
    });
  }

  executed(language: string, outcome: string): void {
    this.#executions.inc({ language, outcome });
  }

  ran(language: string, milliseconds: number): void {
    this.#durations.observe({ language }, milliseconds / 1000);
  }
}
