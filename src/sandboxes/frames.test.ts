import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameReader, FrameTooLarge, isDeeperThan } from './frames.ts';

describe('frames', () => {
  it('come out as they went in, however they are cut on the way', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.json()), cuts, (texts, sizes) => {
        const reader = new FrameReader(1 << 20);
        let bytes = Buffer.concat(texts.map(encodeFrame));
        const got: string[] = [];
        for (let turn = 0; bytes.length > 0; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          got.push(...reader.push(bytes.subarray(0, size)));
          bytes = bytes.subarray(size);
        }
        expect(got).toEqual(texts);
      }),
    );
  });

  it('of more than the limit are refused by their header, before their bytes come', () => {
    const header = Buffer.from([0xff, 0xff, 0xff, 0xff]);
    expect(() => new FrameReader(1_000).push(header)).toThrow(FrameTooLarge);
    expect(new FrameReader(3).push(encodeFrame('abc'))).toEqual(['abc']);
    expect(() => new FrameReader(3).push(encodeFrame('abcd'))).toThrow(FrameTooLarge);
  });

  it('that are empty are frames too', () => {
    expect(new FrameReader(10).push(Buffer.alloc(8))).toEqual(['', '']);
  });
});

describe('depth of JSON', () => {
  it('counts what is nested, not what strings hold', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(isDeeperThan(nested(512), 512)).toBe(false);
    expect(isDeeperThan(nested(513), 512)).toBe(true);
    expect(isDeeperThan(JSON.stringify({ a: '['.repeat(5_000) + '\\"' }), 512)).toBe(false);
    expect(isDeeperThan(`[${'[],'.repeat(2_000)}[]]`, 512)).toBe(false);
    expect(isDeeperThan(`{"a\\\\":${nested(513)}}`, 512)).toBe(true);
  });
});
