/**
 * What tasks use of what they reserved, in percent, from two samples a second apart. Nothing is kept: one question, one
 * measurement. Percentages are those of Amazon ECS: used CPU time over reserved CPU units, used over reserved memory.
 */
import { clusterArn, isArn, parseArn } from '../../core/arn.ts';
import type { Core } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { ContainerStats, Engine } from '../../core/ports/engine.ts';
import { seesAccount, type Principal } from '../../core/principal.ts';
import type { TaskRecord } from '../../core/records.ts';
import { invalid } from './fields.ts';
import { findTask } from './task-lookup.ts';

export const resourceKinds = ['task', 'container', 'cluster', 'service'] as const;
export const metricNames = ['CPUUtilization', 'MemoryUtilization'] as const;
export const statisticNames = ['Average', 'Maximum', 'Minimum'] as const;
type MetricName = (typeof metricNames)[number];
type StatisticName = (typeof statisticNames)[number];

export interface MetricsQuestion {
  resource: (typeof resourceKinds)[number];
  resourceArn: string;
  metrics: readonly MetricName[];
  statistics: readonly StatisticName[];
}

export type Metric = Partial<Record<StatisticName, number>> & {
  Unit: 'Percent';
  Datapoints: { Timestamp: string; Value: number }[];
};

/** What is measured together, and what it reserved. */
interface Subject {
  tasks: readonly TaskRecord[];
  /** Of a single container. */
  container?: string;
  cpuUnits: number;
  memoryBytes: number;
}

interface Sample {
  at: number;
  cpuNanos: number;
  memoryBytes: number;
}

const apartMs = 1000;
/** Measurements at a time, and tasks of a cluster that are looked at: each costs the engine two calls. */
const inFlight = 8;
const maxTasks = 50;
const mebibyte = 1024 * 1024;

export class Utilization {
  readonly #core: Core;
  readonly #engine: Pick<Engine, 'stats'>;
  #running = 0;

  constructor(parts: { core: Core; engine: Pick<Engine, 'stats'> }) {
    this.#core = parts.core;
    this.#engine = parts.engine;
  }

  /** Throws `AppError`: ResourceNotFound, InvalidParameter, Throttled. */
  async measure(
    question: MetricsQuestion,
    principal: Principal,
    region: string,
  ): Promise<Partial<Record<MetricName, Metric>>> {
    if (this.#running >= inFlight) {
      throw new AppError(
        'Throttled',
        `At most ${inFlight} measurements run at a time. Try again in a second.`,
      );
    }
    this.#running++;
    try {
      const subject = await this.#subject(question, principal, region);
      const first = await this.#sample(subject);
      await new Promise<void>((resolve) => this.#core.clock.after(apartMs, resolve));
      const second = await this.#sample(subject);
      const points = {
        CPUUtilization: [cpuPoint(subject, first, second)],
        MemoryUtilization: memoryPoints(subject, [first, second]),
      };
      return Object.fromEntries(
        question.metrics.map((name) => [name, metric(points[name], question.statistics)]),
      );
    } finally {
      this.#running--;
    }
  }

  async #subject(question: MetricsQuestion, principal: Principal, region: string): Promise<Subject> {
    const { resource, resourceArn } = question;
    switch (resource) {
      case 'task':
        return this.#ofTasks([await this.#runningTask(resourceArn, principal, region)]);
      case 'container':
        return this.#ofContainer(resourceArn, principal, region);
      case 'cluster':
        return this.#ofTasks(await this.#tasksOfCluster(resourceArn, principal, region));
      case 'service':
        throw new AppError('ResourceNotFound', `There is no service '${resourceArn.slice(0, 200)}'.`);
    }
  }

  async #runningTask(task: string, principal: Principal, region: string): Promise<TaskRecord> {
    const record = await findTask(this.#core, region, principal, { task, cluster: undefined });
    if (record.lastStatus === 'RUNNING') return record;
    throw invalid('resourceArn', `the task is ${record.lastStatus}, not RUNNING`);
  }

  async #ofContainer(arn: string, principal: Principal, region: string): Promise<Subject> {
    const parsed = parseArn(arn);
    if (parsed?.type !== 'container') throw invalid('resourceArn', "it must be a container's ARN");
    const taskArn = arn.replace(':container/', ':task/').replace(/\/[^/]*$/, '');
    const record = await this.#runningTask(taskArn, principal, region);
    const { name } = record.task.containers?.find((each) => each.containerArn === arn) ?? {};
    const spec = record.spec.containers.find((each) => each.name === name);
    if (!spec) throw new AppError('ResourceNotFound', `There is no container '${arn.slice(0, 300)}'.`);
    const whole = this.#ofTasks([record]);
    return {
      tasks: [record],
      container: spec.name,
      cpuUnits: spec.cpuUnits || whole.cpuUnits,
      memoryBytes: (spec.memoryMiB ?? spec.memoryReservationMiB ?? 0) * mebibyte || whole.memoryBytes,
    };
  }

  async #tasksOfCluster(name: string, principal: Principal, region: string): Promise<TaskRecord[]> {
    const arn = isArn(name) ? name : clusterArn({ region, accountId: principal.account }, name);
    const account = parseArn(arn)?.accountId;
    const cluster = await this.#core.store.read.clusters.get(arn);
    if (!cluster || account === undefined || !seesAccount(principal, account)) {
      throw new AppError('ResourceNotFound', `There is no cluster '${name.slice(0, 200)}'.`);
    }
    const where = { clusterArn: arn, lastStatus: 'RUNNING' };
    const running = await this.#core.store.read.tasks.find({ where, limit: maxTasks + 1 });
    if (running.length <= maxTasks) return running;
    throw invalid('resourceArn', `the cluster has more than ${maxTasks} running tasks; ask for each task`);
  }

  /** A task that reserved nothing is measured against the machine. */
  #ofTasks(tasks: readonly TaskRecord[]): Subject {
    const { cpuUnits, memoryMiB } = this.#core.engine;
    const cpu = sum(tasks, ({ spec }) => spec.cpuUnits ?? sum(spec.containers, (each) => each.cpuUnits));
    const memory = sum(
      tasks,
      ({ spec }) =>
        spec.memoryMiB ?? sum(spec.containers, (each) => each.memoryMiB ?? each.memoryReservationMiB ?? 0),
    );
    return { tasks, cpuUnits: cpu || cpuUnits, memoryBytes: (memory || memoryMiB) * mebibyte };
  }

  async #sample({ tasks, container }: Subject): Promise<Sample> {
    const all = (await Promise.all(tasks.map(({ id }) => this.#engine.stats(id)))).flat();
    const stats = container === undefined ? all : all.filter(({ name }) => name === container);
    return {
      at: stats.length > 0 ? Math.max(...stats.map(({ at }) => at)) : this.#core.clock.now(),
      cpuNanos: sum(stats, (each: ContainerStats) => each.cpuNanos),
      memoryBytes: sum(stats, (each: ContainerStats) => each.memoryBytes),
    };
  }
}

interface Point {
  at: number;
  value: number;
}

function cpuPoint({ cpuUnits }: Subject, first: Sample, second: Sample): Point {
  const seconds = Math.max(1, second.at - first.at) / 1000;
  const cores = Math.max(0, second.cpuNanos - first.cpuNanos) / 1e9 / seconds;
  return { at: second.at, value: (cores / (cpuUnits / 1024)) * 100 };
}

function memoryPoints({ memoryBytes }: Subject, samples: readonly Sample[]): Point[] {
  return samples.map((sample) => ({ at: sample.at, value: (sample.memoryBytes / memoryBytes) * 100 }));
}

function metric(points: readonly Point[], statistics: readonly StatisticName[]): Metric {
  const values = points.map(({ value }) => rounded(value));
  const known: Record<StatisticName, number> = {
    Average: rounded(sum(values, (value) => value) / values.length),
    Maximum: Math.max(...values),
    Minimum: Math.min(...values),
  };
  return {
    ...Object.fromEntries(statistics.map((name) => [name, known[name]])),
    Unit: 'Percent',
    Datapoints: points.map(({ at }, index) => ({
      Timestamp: new Date(at).toISOString(),
      Value: values[index]!,
    })),
  };
}

const rounded = (value: number) => Math.round(value * 100) / 100;

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
