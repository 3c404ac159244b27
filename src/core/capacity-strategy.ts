/** Which capacity provider takes each task of one call (Amazon ECS API, CapacityProviderStrategyItem). */
import type { CapacityProviderStrategyItem } from './ecs-model.ts';
import { AppError } from './errors.ts';

/**
 * Names of the providers for `count` tasks, in order: first the base of whoever has one, then by weight. Throws
 * InvalidParameter when tasks are left over and no provider has a weight.
 */
export function providersFor(strategy: readonly CapacityProviderStrategyItem[], count: number): string[] {
  const shares = strategy.map((item) => ({
    name: item.capacityProvider ?? '',
    base: item.base ?? 0,
    // A strategy of one provider needs no weight.
    weight: item.weight ?? (strategy.length === 1 ? 1 : 0),
    taken: 0,
  }));
  const chosen: string[] = [];
  for (const { name, base } of shares) {
    while (chosen.filter((taken) => taken === name).length < base && chosen.length < count) chosen.push(name);
  }
  while (chosen.length < count) {
    const next = shares
      .filter(({ weight }) => weight > 0)
      .reduce<(typeof shares)[number] | undefined>(
        (best, share) =>
          !best || (share.taken + 1) / share.weight < (best.taken + 1) / best.weight ? share : best,
        undefined,
      );
    if (!next) {
      throw new AppError(
        'InvalidParameter',
        'The capacity provider strategy has no provider with a weight of 1 or more.',
      );
    }
    next.taken++;
    chosen.push(next.name);
  }
  return chosen;
}
