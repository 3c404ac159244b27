/**
 * Requests by face and operation. Recording one is a handful of additions: prom-client looks its series up by a
 * string made of the labels each time, so the counts are kept here and handed over when they are scraped.
 */
import { Counter, type Metric, type Registry } from 'prom-client';

/** Seconds. */
export const durationBuckets = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** What operations name is the server's own choice; this holds even where one day it is not. */
const mostSeries = 1000;

export class RequestMetrics {
  readonly #series = new Map<string, RequestSeries>();

  constructor(registry: Registry) {
    const all = this.#series;
    new Counter({
      name: 'longshore_http_requests_total',
      help: 'Requests answered, by face, operation and HTTP status.',
      labelNames: ['face', 'operation', 'code'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { face, operation, codes } of all.values()) {
          for (const [code, count] of codes) this.inc({ face, operation, code }, count);
        }
      },
    });
    registry.registerMetric(new DurationHistogram(all) as unknown as Metric);
  }

  /** Ask once per operation and keep it. */
  series(face: string, operation: string): RequestSeries {
    const key = `${face} ${operation}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= mostSeries && operation !== 'other') return this.series(face, 'other');
    const made = new RequestSeries(face, operation);
    this.#series.set(key, made);
    return made;
  }
}

export class RequestSeries {
  readonly face: string;
  readonly operation: string;
  readonly codes = new Map<number, number>();
  /** Requests in each bucket by itself; the last is above all bounds. */
  readonly counts = new Float64Array(durationBuckets.length + 1);
  seconds = 0;

  constructor(face: string, operation: string) {
    this.face = face;
    this.operation = operation;
  }

  record(code: number, seconds: number): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    this.seconds += seconds;
    let bucket = 0;
    while (bucket < durationBuckets.length && seconds > durationBuckets[bucket]!) bucket++;
    this.counts[bucket]!++;
  }
}

/** What prom-client asks of a metric in its registry. */
class DurationHistogram {
  readonly name = 'longshore_http_request_duration_seconds';
  readonly help = 'Time from a request to the end of its answer, by face and operation.';
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly labelNames = ['face', 'operation'];
  readonly #series: ReadonlyMap<string, RequestSeries>;

  constructor(series: ReadonlyMap<string, RequestSeries>) {
    this.#series = series;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    return {
      name,
      help,
      type,
      aggregator,
      values: [...this.#series.values()].flatMap((each) => this.#of(each)),
    };
  }

  #of({ face, operation, counts, seconds }: RequestSeries) {
    const labels = { face, operation };
    let below = 0;
    const buckets = [...durationBuckets, '+Inf'].map((le, position) => ({
      metricName: `${this.name}_bucket`,
      labels: { le, ...labels },
      value: (below += counts[position]!),
    }));
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: seconds },
      { metricName: `${this.name}_count`, labels, value: below },
    ];
  }

  /** Part of a metric; a server's counts are never set back. */
  reset(): void {}
}
