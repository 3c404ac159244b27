import { expect, it } from 'vitest';
import { providersFor } from './capacity-strategy.ts';

const item = (capacityProvider: string, weight?: number, base?: number) => ({
  capacityProvider,
  weight,
  base,
});

it('fills the base first and shares the rest by weight', () => {
  expect(
    providersFor([item('SPOT', 3), item('FARGATE', 1, 2)], 10).filter((name) => name === 'FARGATE'),
  ).toHaveLength(4);
  expect(providersFor([item('SPOT', 1), item('FARGATE', 0, 1)], 3)).toEqual(['FARGATE', 'SPOT', 'SPOT']);
  expect(providersFor([item('SPOT', 1), item('FARGATE', 1)], 4).sort()).toEqual([
    'FARGATE',
    'FARGATE',
    'SPOT',
    'SPOT',
  ]);
});

it('needs no weight where there is one provider, and one where there are two', () => {
  expect(providersFor([item('FARGATE')], 2)).toEqual(['FARGATE', 'FARGATE']);
  expect(() => providersFor([item('FARGATE'), item('SPOT', 0)], 1)).toThrow('weight of 1 or more');
  expect(providersFor([item('FARGATE', 0, 5), item('SPOT', 0)], 5)).toHaveLength(5);
});
