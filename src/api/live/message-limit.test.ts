import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { MessageLimit } from './message-limit.ts';

describe('the limit of messages', () => {
  const clock = new ManualClock();
  const limit = new MessageLimit(100, clock);
  const burst = (count: number) => Array.from({ length: count }, () => limit.judge());

  it('lets exactly as many pass as it says, then warns, then pauses, then closes', () => {
    expect(burst(102)).toEqual([...new Array<string>(100).fill('pass'), 'warn', 'ignore']);
    clock.advance(999);
    expect(burst(1)).toEqual(['ignore']);
    clock.advance(1);
    expect(burst(102).slice(100)).toEqual(['pause', 'ignore']);
    clock.advance(1000);
    expect(burst(101)[100]).toBe('close');
  });

  it('forgives after a minute', () => {
    clock.advance(60_001);
    expect(burst(101)[100]).toBe('warn');
  });

  it('has no patience with a flood', () => {
    clock.advance(120_000);
    const verdicts = burst(2001);
    expect(verdicts[100]).toBe('warn');
    expect(verdicts[2000]).toBe('close');
  });
});
