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
  functions(): FunctionsReading;
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

export interface FunctionsReading {
  /** By language. */
  sandboxes: Readonly<Record<string, SandboxesReading>>;
  /** With an execution under way. */
  sessionsExecuting: number;
  /** Executions that wait for the one before them in their session. */
  executionsWaiting: number;
  cache: { asked: Readonly<Record<string, number>>; errors: number };
}

export interface SandboxesReading {
  idle: number;
  starting: number;
  claimed: number;
  waiting: number;
  started: number;
  destroyed: number;
  failedStarts: number;
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
  functionStates({ gauge, counter }, () => sources.functions());
}

type Register = (name: string, help: string, read: Read, label?: string) => void;

function functionStates(
  { gauge, counter }: { gauge: Register; counter: Register },
  functions: () => FunctionsReading,
): void {
  const byLanguage = (figure: keyof SandboxesReading) => () =>
    Object.fromEntries(
      Object.entries(functions().sandboxes).map(([language, figures]) => [language, figures[figure]]),
    );
  const sandboxes = (register: Register, name: string, help: string, figure: keyof SandboxesReading) =>
    register(`longshore_${name}`, help, byLanguage(figure), 'language');
  sandboxes(gauge, 'sandboxes_idle', 'Sandboxes started and claimed by nobody, by language.', 'idle');
  sandboxes(gauge, 'sandboxes_starting', 'Sandboxes being started, by language.', 'starting');
  sandboxes(gauge, 'sandboxes_claimed', 'Sandboxes that hold a function, by language.', 'claimed');
  sandboxes(gauge, 'sandbox_claims_waiting', 'Claims that wait for a sandbox, by language.', 'waiting');
  sandboxes(counter, 'sandbox_starts_total', 'Sandboxes started, by language.', 'started');
  sandboxes(
    counter,
    'sandbox_start_failures_total',
    'Starts of sandboxes that failed, by language.',
    'failedStarts',
  );
  sandboxes(counter, 'sandboxes_destroyed_total', 'Claimed sandboxes that ended, by language.', 'destroyed');
  gauge(
    'longshore_function_sessions_executing',
    'Sessions with an execution under way.',
    () => functions().sessionsExecuting,
  );
  gauge(
    'longshore_function_executions_waiting',
    'Executions that wait for the one before them in their session.',
    () => functions().executionsWaiting,
  );
  counter(
    'longshore_function_cache_requests_total',
    'Results asked of the cache, by result: hit, shared with one under way, miss, or bypass where the caller wanted so.',
    () => functions().cache.asked,
    'result',
  );
  counter(
    'longshore_function_cache_errors_total',
    'Times that the cache of results could not be used.',
    () => functions().cache.errors,
  );
}

function definition(registry: Registry, name: string, help: string, label: string | undefined) {
  return { name, help, labelNames: label === undefined ? [] : [label], registers: [registry] };
}
