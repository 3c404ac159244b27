import { expect, it } from 'vitest';
import { looseChains } from './loose-layers.ts';

const layer = (id: string, parent?: string) => ({
  id,
  ...(parent && { parent }),
  'diff-digest': `sha256:${id}`,
});
const image = { layer: 'b' };

it('finds none where every layer is of an image', () => {
  expect(looseChains([layer('a'), layer('b', 'a')], [image])).toEqual([]);
  expect(looseChains([layer('a')], [{ layer: 'x', 'mapped-layers': ['a'] }])).toEqual([]);
  expect(looseChains([], [])).toEqual([]);
});

it('finds each that is of none, with all below it', () => {
  const layers = [layer('a'), layer('b', 'a'), layer('c', 'b'), layer('d', 'c'), layer('e'), layer('f', 'a')];
  expect(looseChains(layers, [image])).toEqual([
    ['sha256:a', 'sha256:b', 'sha256:c', 'sha256:d'],
    ['sha256:e'],
    ['sha256:a', 'sha256:f'],
  ]);
});

it('leaves what containers write', () => {
  expect(looseChains([layer('a'), layer('b', 'a'), { id: 'container', parent: 'b' }], [image])).toEqual([]);
});
