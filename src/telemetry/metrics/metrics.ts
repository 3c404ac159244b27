/** The server's metrics in Prometheus' text format. Every name begins with `longshore_`. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { AccessMetrics } from './access-metrics.ts';
import { EngineMetrics } from './engine-metrics.ts';
import { FunctionMetrics } from './function-metrics.ts';
import { RequestMetrics } from './request-metrics.ts';
import { stateMetrics, type StateSources } from './state-metrics.ts';

export class Metrics {
  readonly registry = new Registry();
  readonly requests = new RequestMetrics(this.registry);
  readonly access = new AccessMetrics(this.registry);
  readonly engine = new EngineMetrics(this.registry);
  readonly functions = new FunctionMetrics(this.registry);

  constructor(version: string) {
    const build = new Gauge({
      name: 'longshore_build_info',
      help: 'Always 1; says which version runs, on which Node.js.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    });
    build.set({ version, node: process.version }, 1);
    // Milliseconds between two looks at the event loop's delay, each of which wakes an idle server.
    collectDefaultMetrics({
      register: this.registry,
      prefix: 'longshore_',
      eventLoopMonitoringPrecision: 100,
    });
  }

  /** What is read from the server when it is scraped; once. */
  observe(sources: StateSources): void {
    stateMetrics(this.registry, sources);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
