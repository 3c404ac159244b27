/** What containers write is there to be read: while they run, after they stopped, and from while no server ran. */
import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/processes.ts';
import { sh, sleeper } from '../fixtures/task-client.ts';
import { ALL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

const countTo = (last: number) => Array.from({ length: last }, (_, index) => String(index + 1));

describe.each(ALL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind);
  const client = () => workshop.it.client;

  it('are there while the task runs and after it stopped, the same', async () => {
    const arn = await client().start([sleeper('echo out; echo err >&2; printf "ü €\\n\\nlast\\n"')]);
    await client().running(arn);
    await until('all lines', async () => (await client().logs(arn)).length === 5);
    const running = await client().logs(arn);
    expect(running.filter(({ stream }) => stream === 'stdout').map(({ message }) => message)).toEqual([
      'out',
      'ü €',
      '',
      'last',
    ]);
    expect(running.filter(({ stream }) => stream === 'stderr').map(({ message }) => message)).toEqual([
      'err',
    ]);
    await client().stop(arn);
    await client().stopped(arn);
    const archived = await client().logs(arn);
    const texts = (lines: typeof archived) =>
      lines.map(({ stream, message }) => `${stream} ${message}`).sort();
    expect(texts(archived)).toEqual(texts(running));
  });

  it('are complete, however fast and long they are', async () => {
    const arn = await client().start([sh('seq 20000; head -c 50000 /dev/zero | tr "\\0" x; echo; echo end')]);
    await client().stopped(arn);
    const lines = await client().output(arn);
    expect(lines.slice(0, 20_000)).toEqual(countTo(20_000));
    expect(lines.slice(20_000)).toEqual(['x'.repeat(50_000), 'end']);
  });

  it('can be asked for in part', async () => {
    const arn = await client().start([sh('seq 5; sleep 2.1; echo late')]);
    await client().stopped(arn);
    const all = await client().logs(arn);
    expect(all.map(({ message }) => message)).toEqual([...countTo(5), 'late']);
    expect(await client().output(arn, 'app', '?tail=2')).toEqual(['5', 'late']);
    const { at } = all.at(-1)!;
    expect(await client().output(arn, 'app', `?since=${at}`)).toEqual(['late']);
    expect(await client().output(arn, 'app', `?until=${at}&tail=1`)).toEqual(['5']);
    const plain = await fetch(client().logsUrl(arn, 'app', '?tail=2'));
    expect(plain.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await plain.text()).toBe('5\nlate\n');
  });

  it('can be followed to the end of the task', async () => {
    const arn = await client().start([sleeper('echo one; sleep 1; echo two')]);
    await client().running(arn);
    const followed = client().output(arn, 'app', '?follow=true');
    await until('two', async () => (await client().output(arn)).includes('two'));
    await client().stop(arn);
    expect(await followed).toEqual(['one', 'two']);
  });

  it('belong to their container', async () => {
    const arn = await client().start([sh('echo a', { name: 'a' }), sh('echo b; sleep 5', { name: 'b' })]);
    await client().stopped(arn);
    expect(await client().output(arn, 'a')).toEqual(['a']);
    expect(await client().output(arn, 'b')).toEqual(['b']);
    const missing = await fetch(client().logsUrl(arn, 'c'));
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      message: expect.stringContaining('It has: a, b.') as string,
    });
  });

  it('keep what was written while no server ran', async () => {
    const counting = await client().start([
      sleeper('i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo $i; sleep 0.1; done'),
    ]);
    const ending = await client().start([sh('echo first; sleep 2; echo last; exit 4')]);
    await Promise.all([client().running(counting), client().running(ending)]);
    await workshop.it.server.stop();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await workshop.it.serve();
    const task = await client().stopped(ending);
    expect(task.containers![0]!.exitCode).toBe(4);
    expect(await client().output(ending)).toEqual(['first', 'last']);
    await until('40 lines', async () => (await client().output(counting)).length >= 40);
    expect(await client().output(counting)).toEqual(countTo(40));
    await client().stop(counting);
    await client().stopped(counting);
    expect(await client().output(counting)).toEqual(countTo(40));
  });
});
