import { describe, expect, it } from 'vitest';
import { beforeAll, eventId, isAfter, positionOf } from './position.ts';

describe('the position of an event', () => {
  it('is its id', () => {
    for (const id of ['evt-0', 'evt-12', 'evt-12.3']) expect(eventId(positionOf(id)!)).toBe(id);
    expect(eventId(beforeAll(8))).toBe('evt-7');
  });

  it('is not read from anything else', () => {
    for (const id of [
      '',
      '12',
      'evt-',
      'evt--1',
      'evt-1.',
      'evt-1.2.3',
      'evt-1e3',
      ' evt-1',
      `evt-${'9'.repeat(16)}`,
    ])
      expect(positionOf(id), id).toBeUndefined();
  });

  it('puts what happened to the containers before the task itself', () => {
    const order = ['evt-6', 'evt-7.1', 'evt-7.2', 'evt-7', 'evt-8.1', 'evt-8'].map((id) => positionOf(id)!);
    for (const [index, position] of order.entries())
      for (const [other, second] of order.entries()) expect(isAfter(position, second)).toBe(index > other);
  });
});
