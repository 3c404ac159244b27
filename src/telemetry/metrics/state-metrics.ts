/** What the server knows at the moment it is scraped. Everything here is read from counters, never counted. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** Of a source that throws, the scrape shows the values it gave last. */
export interface StateSources {
  /** Number of records by state. */
  tasks(): Promise<Record<string, number>>;
  clusters(): Promise<Record<string, number>>;
  containerInstances(): Promise<Record<string, number>>;
  runningContainers(): number;
  engineUp(): boolean;
  webSocketConnections(): number;
  taskLoop(): TaskLoopReading;
  store(): StoreReading;
}

export interface TaskLoopReading {
  depth: number;
  underWay: number;
  oldestWaitMs: number;
  waitedMs: number;
  runs: number;
  failures: number;
  steps: Readonly<Record<string, number>>;
}

export interface StoreReading {
  transactions: number;
  commits: number;
  failedCommits: number;
  lastEvent: number;
  events: number;
}

type Values = number | Record<string, number>;
type Read = () => Values | Promise<Values>;

/** Registers them; once per registry. */
export function stateMetrics(registry: Registry, sources: StateSources): void {
  const errors = new Counter({
    name: 'longshore_scrape_errors_total',
    help: 'Times that a metric kept its last value because its source failed, by metric.',
    labelNames: ['metric'],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: Read, label?: string) => {
    new Gauge({
      ...definition(registry, name, help, label),
      async collect() {
        const values = await valuesOf(name, read);
        if (values === undefined) return;
        this.reset();
        if (typeof values === 'number') this.set(values);
        else for (const [key, value] of Object.entries(values)) this.set({ [label!]: key }, value);
      },
    });
  };
  const counter = (name: string, help: string, read: Read, label?: string) => {
    new Counter({
      ...definition(registry, name, help, label),
      async collect() {
        const values = await valuesOf(name, read);
        if (values === undefined) return;
        this.reset();
        if (typeof values === 'number') this.inc(values);
        else for (const [key, value] of Object.entries(values)) this.inc({ [label!]: key }, value);
      },
    });
  };
  const valuesOf = async (metric: string, read: Read): Promise<Values | undefined> => {
    try {
      return await read();
    } catch {
      errors.inc({ metric });
      return undefined;
    }
  };

  gauge('longshore_tasks', 'Tasks stored, by last status.', () => sources.tasks(), 'status');
  gauge('longshore_clusters', 'Clusters stored, by status.', () => sources.clusters(), 'status');
  gauge(
    'longshore_container_instances',
    'Container instances stored, by status.',
    () => sources.containerInstances(),
    'status',
  );
  gauge('longshore_containers_running', 'Containers that the engine runs for tasks.', () =>
    sources.runningContainers(),
  );
  gauge('longshore_engine_up', '1 while the engine answers.', () => Number(sources.engineUp()));
  gauge('longshore_websocket_connections', 'WebSocket connections that are open.', () =>
    sources.webSocketConnections(),
  );

  const loop = () => sources.taskLoop();
  gauge('longshore_task_loop_depth', 'Tasks that wait to be looked at or are.', () => loop().depth);
  gauge('longshore_task_loop_under_way', 'Starts and removals under way.', () => loop().underWay);
  gauge(
    'longshore_task_loop_oldest_wait_seconds',
    'How long the task at the head of the queue has waited.',
    () => loop().oldestWaitMs / 1000,
  );
  counter(
    'longshore_task_loop_wait_seconds_total',
    'Time that tasks have waited in the queue, together.',
    () => loop().waitedMs / 1000,
  );
  counter('longshore_task_loop_runs_total', 'Times a task was looked at.', () => loop().runs);
  counter('longshore_task_loop_failures_total', 'Times that failed and was put off.', () => loop().failures);
  counter('longshore_task_loop_steps_total', 'Steps decided, by step.', () => loop().steps, 'step');

  const store = () => sources.store();
  counter('longshore_store_transactions_total', 'Transactions asked for.', () => store().transactions);
  counter('longshore_store_commits_total', 'Commits to disk that they shared.', () => store().commits);
  counter('longshore_store_commit_failures_total', 'Commits that failed.', () => store().failedCommits);
  gauge('longshore_event_outbox_events', 'Events kept in the outbox.', () => store().events);
  gauge('longshore_event_outbox_last_sequence', 'Number of the newest event.', () => store().lastEvent);
}

function definition(registry: Registry, name: string, help: string, label: string | undefined) {
  return { name, help, labelNames: label === undefined ? [] : [label], registers: [registry] };
}
