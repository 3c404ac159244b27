import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { unauthenticated } from '../principal.ts';
import { roles, Scopes } from '../scopes.ts';
import { Jobs, type Job } from './jobs.ts';

const one = { ...unauthenticated('111111111111'), subject: 'user:one', scopes: new Scopes(roles.operator) };
const other = {
  ...unauthenticated('222222222222'),
  subject: 'user:other',
  scopes: new Scopes(roles.operator),
};

let clock: ManualClock;
let jobs: Jobs;
beforeEach(() => {
  clock = new ManualClock();
  jobs = new Jobs(clock);
});
afterEach(() => jobs.close());

/** Runs until it is ended. */
const endless = (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const ended = (job: Job) => vi.waitFor(() => expect(job.state).not.toBe('running'));

it('tells how far it is, and what came of it', async () => {
  let finish!: (result: object) => void;
  const result = new Promise<object>((resolve) => (finish = resolve));
  const job = jobs.begin(one, {
    kind: 'pull',
    target: 'nginx',
    run: (report) => {
      report({ status: 'Downloading', layer: 'a', currentBytes: 1 });
      report({ status: 'Downloading', layer: 'a', currentBytes: 2 });
      report({ status: 'Waiting', layer: 'b' });
      return result;
    },
  });
  expect(job.state).toBe('running');
  expect([...job.progress.values()]).toMatchObject([{ currentBytes: 2 }, { status: 'Waiting' }]);
  clock.advance(5000);
  finish({ id: 'x' });
  await ended(job);
  expect(jobs.find(one, job.id)).toMatchObject({
    state: 'succeeded',
    result: { id: 'x' },
    finishedAt: clock.now(),
  });
});

it('keeps what went wrong', async () => {
  const run = () => Promise.reject(new Error('no such image'));
  const job = jobs.begin(one, { kind: 'pull', target: 'nginx', run });
  await ended(job);
  expect(job).toMatchObject({ state: 'failed', error: { message: 'no such image' } });
});

describe('one that runs', () => {
  it('is ended when asked to, and stays as it is afterwards', async () => {
    const job = jobs.begin(one, { kind: 'pull', target: 'nginx', run: endless });
    expect((await jobs.cancel(one, job.id)).state).toBe('cancelled');
    expect((await jobs.cancel(one, job.id)).state).toBe('cancelled');
  });

  it('is ended with the server', async () => {
    const job = jobs.begin(one, { kind: 'push', target: 'nginx', run: endless });
    await jobs.close();
    expect(job.state).toBe('cancelled');
  });

  it('is one of at most twenty of a caller', () => {
    for (let count = 0; count < 20; count++) jobs.begin(one, { kind: 'pull', target: 'x', run: endless });
    expect(() => jobs.begin(one, { kind: 'pull', target: 'x', run: endless })).toThrow(/20 jobs/);
    jobs.begin(other, { kind: 'pull', target: 'x', run: endless });
  });
});

it('is not there for another account', async () => {
  const { id } = jobs.begin(one, { kind: 'pull', target: 'nginx', run: endless });
  expect(() => jobs.find(other, id)).toThrow(/no job/);
  await expect(jobs.cancel(other, id)).rejects.toThrow(/no job/);
  expect(jobs.list(other, {})).toEqual({ total: 0, items: [] });
  expect(jobs.list(one, {}).total).toBe(1);
});
