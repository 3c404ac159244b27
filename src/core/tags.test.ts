import { expect, it } from 'vitest';
import { checkedTags, mergeTags, withoutTags } from './tags.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '' }));

it('keeps key and value only, and an absent value is empty', () => {
  expect(checkedTags(undefined)).toEqual([]);
  expect(checkedTags([{ key: 'a', value: 'b', other: 1 } as never, { key: 'ä 1_.:/=+-@' }])).toEqual([
    { key: 'a', value: 'b' },
    { key: 'ä 1_.:/=+-@', value: '' },
  ]);
});

it.each([
  [[{ value: 'no key' }], '1 to 128'],
  [[{ key: '' }], '1 to 128'],
  [[{ key: 'k'.repeat(129) }], '1 to 128'],
  [[{ key: 'k', value: 'v'.repeat(257) }], 'at most 256'],
  [[{ key: 'k', value: 'a;b' }], 'letters, numbers'],
  [[{ key: 'AWS:made-up' }], "reserved prefix 'aws:'"],
  [[{ key: 'k' }, { key: 'k' }], "Duplicate tag key 'k'"],
  [many(51), 'maximum number of tags'],
])('refuses %j', (tags, message) => {
  expect(() => checkedTags(tags)).toThrow(
    expect.objectContaining({
      code: 'InvalidParameter',
      message: expect.stringContaining(message) as string,
    }),
  );
});

it('lets new tags win, in place, and counts what would come out', () => {
  const current = [
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ];
  expect(mergeTags(current, [{ key: 'a', value: '3' }])).toEqual([
    { key: 'a', value: '3' },
    { key: 'b', value: '2' },
  ]);
  expect(withoutTags(current, ['b', 'unknown'])).toEqual([{ key: 'a', value: '1' }]);
  expect(mergeTags(many(50), many(50))).toHaveLength(50);
  expect(() => mergeTags(many(50), [{ key: 'one more', value: '' }])).toThrow('maximum number of tags');
});
