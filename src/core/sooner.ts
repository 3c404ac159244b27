/**
 * What is there at once where it can be, and later where it must be. A promise costs a hot path more than the work
 * that it waits for: what follows it runs in another turn, with what it needs no longer at hand.
 */
import type { ReadTable } from './ports/store.ts';

export type Sooner<T> = T | Promise<T>;

/** `use` may throw; then this throws, or rejects. */
export function andThen<T, R>(value: Sooner<T>, use: (value: T) => Sooner<R>): Sooner<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** As `get`, without waiting where the store knows at once. */
export function lookUp<R>(table: Pick<ReadTable<R>, 'get' | 'known'>, id: string): Sooner<R | undefined> {
  const known = table.known(id);
  return known === undefined ? table.get(id) : (known ?? undefined);
}
