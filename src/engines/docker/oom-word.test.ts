import { expect, it } from 'vitest';
import type { ContainerDetails } from './client/types.ts';
import { dockersWord } from './oom-word.ts';

const ended = (OOMKilled: boolean, ExitCode = 137, agoMs = 0): ContainerDetails =>
  ({
    Id: 'c0ffee',
    State: { ExitCode, OOMKilled, FinishedAt: new Date(Date.now() - agoMs).toISOString() },
    HostConfig: { Memory: 16 },
  }) as ContainerDetails;

const asked: number[] = [];
const judge = (answers: ContainerDetails[], killed: string[] = []) =>
  dockersWord({ inspectContainer: async () => (asked.push(1), answers.shift()) }, async () => killed);

it('waits a moment for what Docker learns late', async () => {
  expect(await judge([ended(false), ended(true)])(ended(false))).toBe(true);
  expect(await judge([])(ended(false))).toBe(false);
});

it('takes the word of the kernel where Docker never learns it', async () => {
  asked.length = 0;
  expect(await judge([], ['/docker/0a1b2c', '/docker/c0ffee'])(ended(false))).toBe(true);
  expect(await judge([], ['/docker/c0ffee'])(ended(false, 137, 5000))).toBe(true);
  expect(await judge([], ['/docker/c0ffee'])(ended(false, 1))).toBe(false);
  expect(asked).toEqual([]);
});

it('does not wait where nothing can come', async () => {
  asked.length = 0;
  expect(await judge([])(ended(true))).toBe(true);
  expect(await judge([])(ended(false, 1))).toBe(false);
  expect(await judge([])(ended(false, 137, 5000))).toBe(false);
  expect(asked).toEqual([]);
});
