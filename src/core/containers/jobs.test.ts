import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { AppError } from '../errors.ts';
import { unauthenticated } from '../principal.ts';
import { roles, Scopes } from '../scopes.ts';
import { Jobs, type Job, type JobResult } from './jobs.ts';

const one = { ...unauthenticated('111111111111'), subject: 'user:one', scopes: new Scopes(roles.operator) };
const other = {
  ...unauthenticated('222222222222'),
  subject: 'user:other',
  scopes: new Scopes(roles.operator),
};

let clock: ManualClock;
let jobs: Jobs;
/** Ids of jobs whose end the server's log is told. */
let told: string[];
beforeEach(() => {
  clock = new ManualClock();
  told = [];
  jobs = new Jobs(clock, (job) => told.push(job.id));
});
afterEach(() => jobs.close());

/** Runs until it is ended. */
const endless = (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const ended = (job: Job) => vi.waitFor(() => expect(job.state).not.toBe('running'));

it('tells how far it is, and what came of it', async () => {
  let finish!: (result: JobResult) => void;
  const result = new Promise<JobResult>((resolve) => (finish = resolve));
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
  finish(({ subject }) => ({ id: 'x', for: subject }));
  await ended(job);
  expect(jobs.find(one, job.id)).toMatchObject({ state: 'succeeded', finishedAt: clock.now() });
  expect(job.result?.(other)).toEqual({ id: 'x', for: 'user:other' });
});

it('keeps what went wrong', async () => {
  const run = () => Promise.reject(new Error('no such image'));
  const job = jobs.begin(one, { kind: 'pull', target: 'nginx', run });
  await ended(job);
  expect(job).toMatchObject({ state: 'failed', error: { message: 'no such image' } });
  expect(told).toEqual([job.id]);
});

it('leaves out of the log what was refused, and what was ended', async () => {
  const refused = () => Promise.reject(new AppError('ResourceNotFound', 'no such image'));
  await ended(jobs.begin(one, { kind: 'pull', target: 'nginx', run: refused }));
  const job = jobs.begin(one, { kind: 'pull', target: 'nginx', run: endless });
  await jobs.cancel(one, job.id);
  expect(told).toEqual([]);
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
