import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import type { LogLine, LogQuery } from '../../core/ports/logs.ts';
import type { Principal } from '../../core/principal.ts';
import { Scopes } from '../../core/scopes.ts';
import { createLog } from '../../telemetry/log.ts';
import type { AuthMethod } from '../auth/method.ts';
import { createServer, type ServerOptions } from '../server.ts';
import type { ReadLogs } from './task-logs.ts';
import { nothingToCheck } from '../../../test/fixtures/health.ts';
import { ACCOUNT, openDoor } from '../../../test/fixtures/door.ts';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';

const arn = `arn:aws:ecs:us-east-1:000000000000:task/${'c'.repeat(255)}/0123456789abcdef0123456789abcdef`;

function server(logs: ReadLogs, logged: string[] = [], more: Partial<ServerOptions<null>> = {}) {
  const log = createLog(
    'info',
    new Writable({ write: (line, _, done) => (logged.push(String(line)), done()) }),
  );
  const made = createServer<null>({
    ecs: { core: null, handlers: {}, region: 'us-east-1' },
    door: openDoor,
    version: '0.0.0',
    log,
    health: nothingToCheck,
    logs,
    ...more,
  });
  onTestFinished(() => made.close());
  return made;
}

const path = (query = '', task = 'abc') =>
  `/api/tasks/${encodeURIComponent(task)}/containers/app/logs${query}`;

async function* lines(...messages: string[]): AsyncGenerator<LogLine> {
  for (const message of messages) yield { at: 1763700000123, stream: 'stderr', message };
}

test('answers plain lines', async () => {
  const { app } = server(async () => lines('one', 'zwei ü', ''));
  const response = await app.inject(path());
  expect([response.statusCode, response.body]).toEqual([200, 'one\nzwei ü\n\n']);
  expect(response.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.any(String) as string,
  });
});

test('answers NDJSON where it is accepted', async () => {
  const { app } = server(async () => lines('a "b"'));
  const response = await app.inject({ url: path(), headers: { accept: 'application/x-ndjson' } });
  expect(response.headers['content-type']).toBe('application/x-ndjson');
  expect(response.body).toBe('{"at":"2025-11-21T04:40:00.123Z","stream":"stderr","message":"a \\"b\\""}\n');
});

test('passes on the task, the container and the query', async () => {
  const asked: [string, string, LogQuery][] = [];
  const { app } = server(async (...given) => (asked.push(given.slice(1) as (typeof asked)[0]), lines()));
  await app.inject(path('?tail=5&since=1763700000.5&until=2025-11-21T04:40:00Z&follow=true', arn));
  await app.inject(path());
  expect(asked).toMatchObject([
    [arn, 'app', { tail: 5, since: 1763700000500, until: 1763700000000, follow: true }],
    ['abc', 'app', { tail: undefined, since: undefined, until: undefined, follow: false }],
  ]);
});

test.each(['?tail=-1', '?tail=x', '?tail=1&tail=2', '?since=yesterday', '?until=', '?follow=maybe'])(
  'refuses %s',
  async (query) => {
    const { app } = server(async () => lines('x'));
    const response = await app.inject(path(query));
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([400, 'InvalidParameter']);
    expect(response.body).toContain(query.slice(1, query.indexOf('=')));
  },
);

test('an unknown task is a JSON 404', async () => {
  const { app } = server(async () => Promise.reject(new AppError('ResourceNotFound', 'No task abc.')));
  const response = await app.inject(path());
  expect([response.statusCode, response.json()]).toEqual([
    404,
    { code: 'ResourceNotFound', message: 'No task abc.' },
  ]);
});

test('a failure on the way ends the stream, is logged, and told in NDJSON', async () => {
  async function* failing(): AsyncGenerator<LogLine> {
    yield* lines('first');
    throw new Error('disk gone');
  }
  const logged: string[] = [];
  const { app } = server(async () => failing(), logged);
  expect((await app.inject(path())).body).toBe('first\n');
  const response = await app.inject({ url: path(), headers: { accept: 'application/x-ndjson' } });
  expect(response.body).toMatch(/"first"}\n{"error":"The log could not be read to its end."}\n$/);
  expect(response.body).not.toContain('disk gone');
  expect(logged.filter((line) => line.includes('disk gone'))).toHaveLength(2);
});

test('following sends the head at once, lines as they come, and stops when the client goes', async () => {
  const waiting: ((line: LogLine) => void)[] = [];
  let stopped = false;
  async function* followed(signal: AbortSignal | undefined): AsyncGenerator<LogLine> {
    try {
      for (;;) {
        const gone = new Promise<undefined>((resolve) =>
          signal?.addEventListener('abort', () => resolve(undefined)),
        );
        const line = await Promise.race([gone, new Promise<LogLine>((resolve) => waiting.push(resolve))]);
        if (!line) return;
        yield line;
      }
    } finally {
      stopped = true;
    }
  }
  const made = server(async (_caller, _task, _container, query) => followed(query.signal));
  const [url = ''] = await made.listen([{ host: '127.0.0.1', port: 0 }]);

  const client = new AbortController();
  const response = await fetch(url + path('?follow=true'), { signal: client.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (const message of ['one', 'two']) {
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    waiting.splice(0).forEach((give) => give({ at: 0, stream: 'stdout', message }));
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe(`${message}\n`);
  }
  client.abort();
  await expect.poll(() => stopped).toBe(true);
});

test('a reader that is slow holds the source back', async () => {
  let made = 0;
  async function* endless(signal: AbortSignal | undefined): AsyncGenerator<LogLine> {
    while (!signal?.aborted) {
      made++;
      yield { at: 0, stream: 'stdout', message: 'x'.repeat(10_000) };
    }
  }
  const logs = server(async (_caller, _task, _container, query) => endless(query.signal));
  const [url = ''] = await logs.listen([{ host: '127.0.0.1', port: 0 }]);
  const client = new AbortController();
  onTestFinished(() => client.abort());
  await fetch(url + path('?follow=true'), { signal: client.signal });
  let before = -1;
  await expect
    .poll(() => {
      const still = made === before;
      before = made;
      return still;
    })
    .toBe(true);
  expect(made).toBeLessThan(10_000);
});

test('closing the server ends a log that is followed', async () => {
  async function* silent(signal: AbortSignal | undefined): AsyncGenerator<LogLine> {
    if (signal && !signal.aborted) await once(signal, 'abort');
    yield* lines();
  }
  const made = server(async (_caller, _task, _container, query) => silent(query.signal));
  const [url = ''] = await made.listen([{ host: '127.0.0.1', port: 0 }]);
  const response = await fetch(url + path('?follow=true'));
  const rest = response.text();
  await made.close();
  expect(await rest).toBe('');
});

describe('a log that is followed', () => {
  async function* silent(signal: AbortSignal | undefined): AsyncGenerator<LogLine> {
    yield* lines('first');
    if (signal && !signal.aborted) await once(signal, 'abort');
  }

  async function follow(principal: Principal) {
    const clock = new ManualClock();
    const now = { answer: (): Principal => principal };
    const method: AuthMethod = { name: 'test', claims: () => true, authenticate: () => now.answer() };
    const read: ReadLogs = async (_caller, _task, _container, query) => silent(query.signal);
    const made = server(read, [], {
      clock,
      door: { ...openDoor, mode: 'required', methods: [method] },
    });
    const [url = ''] = await made.listen([{ host: '127.0.0.1', port: 0 }]);
    const headers = { accept: 'application/x-ndjson' };
    const response = await fetch(url + path('?follow=true'), { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => {
      const { value } = await reader.read();
      return value && (JSON.parse(new TextDecoder().decode(value)) as { message?: string; error?: string });
    };
    expect(await next()).toMatchObject({ message: 'first' });
    return { now, next, halfAMinuteLater: () => clock.advance(30_000) };
  }

  const holder: Principal = {
    ...{ subject: 'key:x', kind: 'api-key', account: ACCOUNT },
    scopes: new Scopes(['tasks:logs', 'admin:accounts']),
  };

  it.each<[string, () => Principal, RegExp]>([
    ['its key is revoked', () => raise(new AppError('Unauthorized', 'revoked')), /revoked/],
    [
      'its caller may read logs no more',
      () => ({ ...holder, scopes: new Scopes(['tasks:read']) }),
      /tasks:logs/,
    ],
    [
      'its caller sees one account only',
      () => ({ ...holder, scopes: new Scopes(['tasks:logs']) }),
      /account/,
    ],
  ])('ends when %s', async (_, answer, reason) => {
    const { now, next, halfAMinuteLater } = await follow(holder);
    now.answer = answer;
    halfAMinuteLater();
    expect((await next())?.error).toMatch(reason);
    expect(await next()).toBeUndefined();
  });

  it('is not begun for who left before it was known who they are', async () => {
    const client = new AbortController();
    const handled: Promise<void>[] = [];
    const method: AuthMethod = {
      name: 'slow',
      claims: () => true,
      async authenticate({ raw: { socket } }) {
        const closed = once(socket, 'close');
        client.abort();
        await closed;
        await nextTurn();
        handled.push(nextTurn());
        return holder;
      },
    };
    let reads = 0;
    const read: ReadLogs = async (_caller, _task, _container, query) => (reads++, silent(query.signal));
    const made = server(read, [], { door: { ...openDoor, mode: 'required', methods: [method] } });
    const [url = ''] = await made.listen([{ host: '127.0.0.1', port: 0 }]);
    await expect(fetch(url + path('?follow=true'), { signal: client.signal })).rejects.toThrow('abort');
    await expect.poll(() => handled.length).toBe(1);
    await handled[0];
    expect(reads).toBe(0);
  });

  it('goes on where the right to it is kept, or cannot be found out', async () => {
    const { now, next, halfAMinuteLater } = await follow(holder);
    halfAMinuteLater();
    now.answer = () => raise(new AppError('Unavailable', 'the disk is full'));
    halfAMinuteLater();
    now.answer = () => raise(new AppError('Unauthorized', 'revoked'));
    halfAMinuteLater();
    expect((await next())?.error).toBe('revoked');
  });
});

function raise(error: Error): never {
  throw error;
}
