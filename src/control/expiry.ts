/**
 * Forgets what AWS forgets too: tasks an hour after they stopped, deleted clusters and instances, client tokens after
 * a day, deleted task definitions that nothing uses; keys a month after their end; and sessions an hour after they
 * expired. Works through indexes in bounded steps, never over everything.
 */
import type { Core } from '../core/context.ts';
import type { Timer } from '../core/ports/clock.ts';
import type { LogStore } from '../core/ports/logs.ts';
import type { TableName } from '../core/ports/store.ts';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 30_000;
const BATCH = 200;

export interface ExpiryOptions {
  core: Pick<Core, 'store' | 'clock'>;
  logs: LogStore;
  onError: (error: unknown) => void;
}

export class Expiry {
  private readonly options: ExpiryOptions;
  private timer: Timer | undefined;
  private running: Promise<void> = Promise.resolve();
  private closed = false;
  /** Where the last pass over deleted task definitions ended: those in use must not keep the others waiting. */
  private definitionsSeen: string | undefined;

  constructor(options: ExpiryOptions) {
    this.options = options;
  }

  start(): void {
    this.timer = this.options.core.clock.after(INTERVAL_MS, () => {
      this.running = this.sweep()
        .catch(this.options.onError)
        .then(() => {
          if (!this.closed) this.start();
        });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    await this.running;
  }

  /** One pass, in steps between which others may write. */
  async sweep(): Promise<void> {
    const { store, clock } = this.options.core;
    const hourAgo = clock.now() - HOUR_MS;
    const dayAgo = clock.now() - 24 * HOUR_MS;
    await this.toItsEnd(() => this.expireTasks(hourAgo));
    await this.toItsEnd(() => this.expire('clusters', { status: 'INACTIVE' }, 'inactiveAt', hourAgo));
    await this.toItsEnd(() => this.expireInstances(hourAgo));
    await this.toItsEnd(() => this.expire('clientTokens', {}, 'createdAt', dayAgo));
    await this.toItsEnd(() => this.expire('credentials', {}, 'forgetAt', clock.now()));
    // Clocks differ: a token is remembered a little longer than it could be used.
    await this.toItsEnd(() => this.expire('revokedTokens', {}, 'expiresAt', hourAgo));
    await this.toItsEnd(() => this.expire('sessions', {}, 'expiresAt', hourAgo));
    await this.expireTaskDefinitions();
    await store.trimEvents(dayAgo);
  }

  /** `step` answers with how many it forgot: fewer than a batch where it has found the last ones. */
  private async toItsEnd(step: () => Promise<number>): Promise<void> {
    while (!this.closed && (await step()) === BATCH);
  }

  private async expireTasks(before: number): Promise<number> {
    const { store } = this.options.core;
    const ended = await store.read.tasks.find({
      where: { phase: 'ended' },
      below: { field: 'stoppedAt', value: before },
      limit: BATCH,
    });
    for (const task of ended) await this.options.logs.remove(task.id);
    await store.transact(async (tx) => {
      for (const { id } of ended) await tx.tasks.delete(id);
    });
    return ended.length;
  }

  /** Finds and removes in one transaction: a name that is free may be taken again at any time. */
  private async expire(
    table: TableName,
    where: Record<string, string>,
    field: string,
    before: number,
  ): Promise<number> {
    return this.options.core.store.transact(async (tx) => {
      const found = await tx[table].find({ where, below: { field, value: before }, limit: BATCH });
      for (const { id } of found) await tx[table].delete(id);
      return found.length;
    });
  }

  /** With the ledgers of their machines. */
  private async expireInstances(before: number): Promise<number> {
    return this.options.core.store.transact(async (tx) => {
      const gone = await tx.containerInstances.find({
        where: { status: 'INACTIVE' },
        below: { field: 'inactiveAt', value: before },
        limit: BATCH,
      });
      for (const { id, hostId, local } of gone) {
        await tx.containerInstances.delete(id);
        if (!local) await tx.hosts.delete(hostId);
      }
      return gone.length;
    });
  }

  private async expireTaskDefinitions(): Promise<void> {
    const { store, clock } = this.options.core;
    const deleted = await store.read.taskDefinitions.find({
      where: { status: 'DELETE_IN_PROGRESS' },
      below: { field: 'deleteRequestedAt', value: clock.now() },
      limit: BATCH,
      ...(this.definitionsSeen !== undefined && { after: this.definitionsSeen }),
    });
    this.definitionsSeen = deleted.length === BATCH ? deleted.at(-1)!.id : undefined;
    for (const { id } of deleted) {
      await store.transact(async (tx) => {
        const inUse = await tx.tasks.count({ taskDefinitionArn: id, phase: 'live' });
        if (inUse === 0) await tx.taskDefinitions.delete(id);
      });
    }
  }
}
