import { expect, it } from 'vitest';
import { inSteps, joined, pointOf } from './usage-point.ts';

const shape = { levels: ['memory'], rates: ['cpu'], latest: ['bytes'] } as const;
const point = (at: number, memory: number, cpu?: number) =>
  pointOf(shape, {
    at,
    levels: { memory },
    ...(cpu !== undefined && { rates: { cpu } }),
    latest: { bytes: at },
  });

it('averages levels over all measurements, and rates over those that have them', () => {
  const three = [point(0, 10), point(1, 20, 30), point(2, 90, 60)].reduce(joined);
  expect(three).toEqual({
    ...{ at: 0, samples: 3, rated: 2, latest: { bytes: 2 } },
    levels: { memory: { average: 40, most: 90 } },
    rates: { cpu: { average: 45, most: 60 } },
  });
  // A mean of means counts every measurement the same.
  expect(joined(three, point(3, 0, 0)).levels.memory).toEqual({ average: 30, most: 90 });
  expect(joined(three, point(3, 0, 0)).rates.cpu).toEqual({ average: 30, most: 60 });
});

it('has no rates where no measurement had', () => {
  expect(joined(point(0, 1), point(1, 1)).rated).toBe(0);
  expect(joined(point(0, 1, 5), point(1, 1)).rates.cpu).toEqual({ average: 5, most: 5 });
});

it('puts points into steps, and leaves out those without any', () => {
  const steps = inSteps([point(1000, 1), point(1900, 3), point(5500, 7)], 1000);
  expect(steps.map(({ at, samples, levels }) => [at, samples, levels.memory.average])).toEqual([
    [1000, 2, 2],
    [5000, 1, 7],
  ]);
  expect(inSteps([], 1000)).toEqual([]);
});
