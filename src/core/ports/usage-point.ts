/** What was measured during one step of time. Points that follow each other make one of a coarser step. */

/** Names of what a series holds. */
export interface SeriesShape {
  /** How much there is of something at a moment: memory, processes. */
  levels: readonly string[];
  /** How fast something goes, over the time since the measurement before: shares, bytes per second. */
  rates: readonly string[];
  /** As it was last: limits, and counters that only grow. */
  latest: readonly string[];
}

export interface Extent {
  average: number;
  most: number;
}

export interface UsagePoint<S extends SeriesShape> {
  /** Epoch ms at which its step begins; of a measurement its own time. */
  at: number;
  /** How many measurements are in it; at least one. */
  samples: number;
  /** And how many of them had one before them, so that they had rates. Without any, `rates` says nothing. */
  rated: number;
  levels: Record<S['levels'][number], Extent>;
  rates: Record<S['rates'][number], Extent>;
  latest: Record<S['latest'][number], number>;
}

/** One measurement as a point. `rates` are absent where there was none before it. */
export function pointOf<S extends SeriesShape>(
  shape: S,
  measured: {
    at: number;
    levels: Record<S['levels'][number], number>;
    rates?: Record<S['rates'][number], number> | undefined;
    latest: Record<S['latest'][number], number>;
  },
): UsagePoint<S> {
  const { at, levels, rates, latest } = measured;
  return {
    at,
    samples: 1,
    rated: rates === undefined ? 0 : 1,
    levels: extents(shape.levels, (name: S['levels'][number]) => single(levels[name])),
    rates: extents(shape.rates, (name: S['rates'][number]) => single(rates?.[name] ?? 0)),
    latest,
  };
}

/** `later` is of the same step, and begins at the time of `earlier`. */
export function joined<S extends SeriesShape>(earlier: UsagePoint<S>, later: UsagePoint<S>): UsagePoint<S> {
  return {
    at: earlier.at,
    samples: earlier.samples + later.samples,
    rated: earlier.rated + later.rated,
    levels: joinedExtents(earlier.levels, later.levels, earlier.samples, later.samples),
    rates: joinedExtents(earlier.rates, later.rates, earlier.rated, later.rated),
    latest: later.latest,
  };
}

/** `points`: oldest first, their steps a part of `stepMs`. Where nothing was measured there is no point. */
export function inSteps<S extends SeriesShape>(
  points: readonly UsagePoint<S>[],
  stepMs: number,
): UsagePoint<S>[] {
  const steps: UsagePoint<S>[] = [];
  for (const point of points) {
    const at = Math.floor(point.at / stepMs) * stepMs;
    const last = steps.at(-1);
    if (last?.at === at) steps[steps.length - 1] = joined(last, point);
    else steps.push({ ...point, at });
  }
  return steps;
}

const single = (value: number): Extent => ({ average: value, most: value });

function extents<N extends string>(names: readonly N[], extentOf: (name: N) => Extent): Record<N, Extent> {
  return Object.fromEntries(names.map((name) => [name, extentOf(name)])) as Record<N, Extent>;
}

function joinedExtents<N extends string>(
  earlier: Record<N, Extent>,
  later: Record<N, Extent>,
  before: number,
  after: number,
): Record<N, Extent> {
  if (before === 0) return later;
  if (after === 0) return earlier;
  return extents(Object.keys(earlier) as N[], (name) => ({
    average: (earlier[name].average * before + later[name].average * after) / (before + after),
    most: Math.max(earlier[name].most, later[name].most),
  }));
}
