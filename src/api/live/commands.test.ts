/** What can be done over the WebSocket: run a process, measure. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { register, SCOPE } from '../../../test/fixtures/core.ts';
import { useLiveTrial } from '../../../test/fixtures/live-trial.ts';
import type { LiveClient } from '../../../test/fixtures/live.ts';
import { until } from '../../../test/fixtures/processes.ts';
import type { ContainerStats } from '../../core/ports/engine.ts';
import type { ExecSession } from '../../core/ports/exec.ts';
import { runTask } from '../../core/run-task.ts';
import { Scopes } from '../../core/scopes.ts';
import { asRunning, changeTask } from '../../core/task-transitions.ts';

const trial = useLiveTrial();

describe('execute', () => {
  interface Process extends ExecSession {
    stdin: PassThrough;
    stdout: PassThrough;
    stderr: PassThrough;
    end(code: number): void;
    sizes: number[][];
    isClosed: boolean;
  }

  function process(): Process {
    let end: (code: number) => void = () => undefined;
    const exitCode = new Promise<number>((resolve) => (end = resolve));
    const made: Process = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      sizes: [],
      isClosed: false,
      exitCode,
      resize: async (columns, rows) => void made.sizes.push([columns, rows]),
      close: async () => void (made.isClosed = true),
      end: (code) => {
        made.stdout.end();
        made.stderr.end();
        end(code);
      },
    };
    return made;
  }

  async function runningTask(): Promise<string> {
    const taskDefinition = await register(trial.it.core);
    const { records } = await runTask(trial.it.core, SCOPE, { taskDefinition });
    const { id } = records[0]!;
    const containers = [{ name: 'c0', runtimeId: 'r', startedAt: trial.it.clock.now() }];
    await changeTask(trial.it.core, id, (task) =>
      asRunning(task, { containers, bindings: [] }, trial.it.clock.now()),
    );
    return id;
  }

  const command = { command: 'sh -i', interactive: true };

  it('runs a process whose streams go over a WebSocket of its own', async () => {
    const made = process();
    const asked: unknown[] = [];
    trial.it.engine.exec = async (...given) => {
      asked.push(given);
      return made;
    };
    const url = await trial.it.serve();
    const task = await runningTask();
    const client = await trial.it.connected(`${url}/ws`);
    const ack = await client.ask('command', 'execute', {
      cluster: 'default',
      task,
      container: 'c0',
      ...command,
    });
    expect(ack.type).toBe('command_ack');
    const { sessionId, websocketUrl } = ack.payload as { sessionId: string; websocketUrl: string };
    expect(websocketUrl).toBe(`${url.replace('http', 'ws')}/exec/${sessionId}`);
    const stream = trial.it.open(websocketUrl);
    const frames: Buffer[] = [];
    stream.socket.removeAllListeners('message');
    stream.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) frames.push(data);
      else stream.told.push(JSON.parse(data.toString()) as never);
    });
    await stream.next('started');
    expect(asked).toEqual([[task, 'c0', ['sh', '-i'], { tty: true }]]);
    stream.socket.send(Buffer.from('\0hello'));
    stream.send({ type: 'resize', columns: 120, rows: 40 });
    expect(String((await once(made.stdin, 'data'))[0])).toBe('hello');
    await until('the size', () => made.sizes.length === 1);
    expect(made.sizes).toEqual([[120, 40]]);
    made.stdout.write('out');
    made.stderr.write('err');
    await until('the output', () => frames.length === 2);
    expect(frames.map((frame) => [frame[0], frame.subarray(1).toString()]).sort()).toEqual([
      [1, 'out'],
      [2, 'err'],
    ]);
    stream.send({ type: 'eof' });
    await until('the end of standard input', () => made.stdin.writableEnded);
    made.end(3);
    expect(await stream.next('exit')).toMatchObject({ exitCode: 3 });
    expect(await stream.ended()).toMatchObject({ code: 1000 });
    await until('the close', () => made.isClosed);
  });

  it('closes the engine’s side when the client goes, and when nothing is said for too long', async () => {
    const url = await trial.it.serve({}, { execIdleMs: 60_000 });
    const client = await trial.it.connected(`${url}/ws`);
    const task = await runningTask();
    for (const leave of [
      async (stream: LiveClient) => stream.end(),
      async (stream: LiveClient) => {
        trial.it.clock.advance(60_000);
        expect(await stream.next('error')).toMatchObject({ code: 'SESSION_ENDED' });
      },
    ]) {
      const made = process();
      trial.it.engine.exec = async () => made;
      const { payload } = await client.ask('command', 'execute', { task, ...command });
      const stream = trial.it.open(payload.websocketUrl);
      await stream.next('started');
      await leave(stream);
      await until('the close', () => made.isClosed);
    }
  });

  it('stops reading the process while the client does not read', async () => {
    const made = process();
    trial.it.engine.exec = async () => made;
    const url = await trial.it.serve({}, { bufferedBytes: 64 * 1024 });
    const client = await trial.it.connected(`${url}/ws`);
    const { payload } = await client.ask('command', 'execute', { task: await runningTask(), ...command });
    const stream = trial.it.open(payload.websocketUrl);
    let received = 0;
    stream.socket.removeAllListeners('message');
    stream.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) received += data.length - 1;
      else stream.told.push(JSON.parse(data.toString()) as never);
    });
    await stream.next('started');
    stream.socket.pause();
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    // Until the process would block.
    while (
      made.stdout.write(piece) ||
      (await Promise.race([once(made.stdout, 'drain').then(() => true), later()]))
    ) {
      written += piece.length;
      expect(written).toBeLessThan(64 * 1024 * 1024);
    }
    written += piece.length;
    stream.socket.resume();
    made.end(0);
    await stream.next('exit');
    expect(received).toBe(written);
  });

  const later = () => new Promise<false>((resolve) => setTimeout(resolve, 300, false));

  it('lets a session be used once, and within half a minute', async () => {
    trial.it.engine.exec = async () => process();
    const url = await trial.it.serve();
    const client = await trial.it.connected(`${url}/ws`);
    const task = await runningTask();
    const ask = async () =>
      (await client.ask('command', 'execute', { task, ...command })).payload.websocketUrl;
    const session = await ask();
    await trial.it.open(session).next('started');
    expect(await trial.it.open(session).ended()).toMatchObject({ code: 4404 });
    const late = await ask();
    trial.it.clock.advance(30_000);
    expect(await trial.it.open(late).ended()).toMatchObject({ code: 4404 });
    expect(await trial.it.open(`${url}/exec/exec-guessed`).ended()).toMatchObject({ code: 4404 });
  });

  it.each([
    ['the key is revoked', () => trial.it.principals.delete('lsk_x')],
    ['the scope is gone', () => trial.it.allow('lsk_x', 'tasks:read', 'events:read')],
    ['the account is another', () => toAccount('lsk_x', '111111111111')],
  ])('ends within half a minute once %s', async (_, lose) => {
    const made = process();
    trial.it.engine.exec = async () => made;
    const url = await trial.it.serve({ mode: 'required' });
    const task = await runningTask();
    const client = await trial.it.connected(
      `${url}/ws`,
      trial.it.allow('lsk_x', 'tasks:read', 'tasks:exec', 'events:read'),
    );
    const { payload } = await client.ask('command', 'execute', { task, ...command });
    const running = trial.it.open(payload.websocketUrl);
    await running.next('started');
    trial.it.clock.advance(29_999);
    lose();
    trial.it.clock.advance(1);
    expect(await running.next('error')).toMatchObject({ code: 'SESSION_ENDED' });
    expect(await running.ended()).toMatchObject({ code: 4401 });
    await until('the close', () => made.isClosed);
  });

  it('does not begin for a key revoked since it was offered', async () => {
    let begun = 0;
    trial.it.engine.exec = async () => (begun++, process());
    const url = await trial.it.serve({ mode: 'required' });
    const task = await runningTask();
    const { headers } = trial.it.allow('lsk_x', 'tasks:*', 'events:read');
    const client = await trial.it.connected(`${url}/ws`, { headers });
    const { payload } = await client.ask('command', 'execute', { task, ...command });
    trial.it.principals.delete('lsk_x');
    expect(await trial.it.open(payload.websocketUrl).ended()).toMatchObject({ code: 4401 });
    expect(begun).toBe(0);
  });

  function toAccount(key: string, account: string): void {
    trial.it.principals.set(key, { ...trial.it.principals.get(key)!, account });
  }

  it('says what cannot be done', async () => {
    const url = await trial.it.serve();
    const client = await trial.it.connected(`${url}/ws`);
    const task = await runningTask();
    for (const [payload, expected] of [
      [{ command: 'ls' }, { code: 'INVALID_REQUEST', details: { field: 'task' } }],
      [{ task }, { code: 'INVALID_REQUEST', details: { field: 'command' } }],
      [
        { task, command: 'ls', interactive: 'yes' },
        { code: 'INVALID_REQUEST', details: { field: 'interactive' } },
      ],
      [{ task: 'unknown', command: 'ls' }, { code: 'RESOURCE_NOT_FOUND' }],
      [{ task, cluster: 'other', command: 'ls' }, { code: 'RESOURCE_NOT_FOUND' }],
      [
        { task, container: 'c9', command: 'ls' },
        { code: 'RESOURCE_NOT_FOUND', details: { field: 'container' } },
      ],
    ])
      expect(
        (await client.ask('command', 'execute', payload!)).payload,
        JSON.stringify(payload),
      ).toMatchObject(expected!);
    const { payload } = await client.ask('command', 'execute', { task, command: 'ls' });
    const stream = trial.it.open(payload.websocketUrl);
    expect(await stream.next('error')).toMatchObject({ code: 'UnsupportedByEngine' });
    expect(await stream.ended()).toMatchObject({ code: 1011 });
  });

  it('needs its own scope, and sees no tasks of other accounts', async () => {
    const url = await trial.it.serve({ mode: 'required' });
    const task = await runningTask();
    const viewer = await trial.it.connected(
      `${url}/ws`,
      trial.it.allow('lsk_v', 'tasks:read', 'events:read'),
    );
    expect((await viewer.ask('command', 'execute', { task, command: 'ls' })).payload).toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    trial.it.principals.set('lsk_f', {
      subject: 'key:f',
      kind: 'api-key',
      scopes: new Scopes(['tasks:*']),
      account: '111111111111',
    });
    const foreigner = await trial.it.connected(`${url}/ws`, { headers: { 'x-api-key': 'lsk_f' } });
    expect((await foreigner.ask('command', 'execute', { task, command: 'ls' })).payload).toMatchObject({
      code: 'RESOURCE_NOT_FOUND',
    });
  });

  it('is told to get_metrics, in percent of what was reserved', async () => {
    const task = await runningTask();
    const sample = (cpuNanos: number, mebibytes: number): ContainerStats => ({
      ...{ name: 'c0', at: trial.it.clock.now(), cpuNanos, memoryBytes: mebibytes * 1024 * 1024 },
      ...{ memoryLimitBytes: 0, pids: 1, networkRxBytes: 0, networkTxBytes: 0 },
    });
    const samples = [() => sample(0, 32), () => sample(1e9, 64)];
    trial.it.engine.stats = async () => [samples.shift()!()];
    const client = await trial.it.connected(`${await trial.it.serve()}/ws`);
    const question = { resource: 'task', resourceArn: task, statistics: ['Average', 'Maximum', 'Minimum'] };
    const answer = client.ask('command', 'get_metrics', { ...question, period: 60 });
    await until('the first sample', () => samples.length === 1);
    await until('the wait', () => trial.it.clock.pending > 1);
    trial.it.clock.advance(1000);
    const { payload, type } = await answer;
    expect(type).toBe('metrics');
    // A core of four for a second; 32 and 64 of the 128 MiB that the container may have.
    expect(payload).toEqual({
      resourceArn: task,
      metrics: {
        CPUUtilization: {
          Average: 25,
          Maximum: 25,
          Minimum: 25,
          Unit: 'Percent',
          Datapoints: [expect.objectContaining({ Value: 25 })],
        },
        MemoryUtilization: {
          ...{ Average: 37.5, Maximum: 50, Minimum: 25, Unit: 'Percent' },
          Datapoints: [expect.objectContaining({ Value: 25 }), expect.objectContaining({ Value: 50 })],
        },
      },
    });
    for (const [wrong, expected] of [
      [{ resource: 'service', resourceArn: 'web' }, { code: 'RESOURCE_NOT_FOUND' }],
      [{ resource: 'cluster', resourceArn: 'none' }, { code: 'RESOURCE_NOT_FOUND' }],
      [{ resource: 'task', resourceArn: 'none' }, { code: 'RESOURCE_NOT_FOUND' }],
      [{ resource: 'host', resourceArn: 'a' }, { details: { field: 'resource' } }],
      [{ resource: 'task', resourceArn: task, metrics: ['Disk'] }, { details: { field: 'metrics' } }],
    ])
      expect((await client.ask('command', 'get_metrics', wrong!)).payload).toMatchObject(expected!);
  });
});
