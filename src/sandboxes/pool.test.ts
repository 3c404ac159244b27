import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Runtime } from '../core/ports/runtime.ts';
import type { ClaimRequest, SandboxPool } from '../core/ports/sandbox.ts';
import { createRuntimes } from '../runtimes/index.ts';
import { failureOf } from '../../test/fixtures/attack-trial.ts';
import { openSandboxPool } from './pool.ts';
import { openTestPool, tracesOf } from '../../test/fixtures/sandbox-pool.ts';

const python = () => createRuntimes().filter(({ name }) => name === 'python');

const request = (changes: Partial<ClaimRequest> = {}): ClaimRequest => ({
  runtime: 'python',
  use: { principal: 'user:test', session: 'session' },
  code: {
    digest: 'd',
    files: { 'main.py': 'def handler(params, context): return params\n' },
    entry: 'main.py',
  },
  environment: {},
  timeoutMs: 30_000,
  ...changes,
});

let pool: SandboxPool | undefined;
afterEach(async () => {
  await pool?.close();
  pool = undefined;
});

describe('the sandbox pool', { timeout: 60_000 }, () => {
  it('keeps sandboxes started, gives each to one claim, and leaves nothing behind', async () => {
    const opened = await openTestPool(python(), { warm: 2 });
    pool = opened;
    const claimed = await Promise.all([opened.claim(request()), opened.claim(request())]);
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(2);
    expect(opened.stats().python).toMatchObject({ claimed: 2 });
    await claimed[0].destroy();
    expect(opened.stats().python).toMatchObject({ claimed: 1, destroyed: 1 });
    await vi.waitFor(() => expect(opened.stats().python).toMatchObject({ idle: 2, starting: 0 }), 20_000);
    expect(await tracesOf(opened.owner)).not.toEqual([]);
    await opened.close();
    expect(await tracesOf(opened.owner)).toEqual([]);
    expect((await failureOf(opened.claim(request()))).code).toBe('UNAVAILABLE');
  });

  it('serves a burst of claims that is much larger than what is warm', async () => {
    pool = await openTestPool(python(), { warm: 2 });
    const sandboxes = await Promise.all(
      Array.from({ length: 40 }, async (_, number) => {
        const sandbox = await (pool as SandboxPool).claim(request());
        const { result } = await sandbox.invoke({ params: number, context: {}, timeoutMs: 10_000 });
        expect(result).toBe(number);
        return sandbox;
      }),
    );
    expect(pool.stats().python).toMatchObject({ claimed: 40, waiting: 0, failedStarts: 0 });
    await Promise.all(sandboxes.map((each) => each.destroy()));
  });

  it('refuses more claims than there may be, and has room again after one ended', async () => {
    const opened = await openTestPool(python(), { mostClaimed: 2 });
    pool = opened;
    const [first] = await Promise.all([opened.claim(request()), opened.claim(request())]);
    expect((await failureOf(opened.claim(request()))).code).toBe('SANDBOXES_EXHAUSTED');
    await first.destroy();
    const bad = { digest: 'd', files: { 'main.py': 'syntax error' }, entry: 'main.py' };
    expect((await failureOf(opened.claim(request({ code: bad })))).code).toBe('INITIALIZATION_ERROR');
    await vi.waitFor(() => expect(opened.stats().python).toMatchObject({ destroyed: 2 }), 20_000);
    await opened.claim(request());
    expect((await failureOf(opened.claim(request()))).code).toBe('SANDBOXES_EXHAUSTED');
  });

  it('says that code took too long to load before its sandbox is gone, and counts that until it is', async () => {
    const opened = await openTestPool(python(), { warm: 1, mostClaimed: 1 });
    pool = opened;
    const code = { digest: 'd', files: { 'main.py': 'while True: pass' }, entry: 'main.py' };
    expect((await failureOf(opened.claim(request({ code, timeoutMs: 2_000 })))).code).toBe('TIMEOUT');
    expect(opened.stats().python).toMatchObject({ claimed: 1, destroyed: 0 });
    expect((await failureOf(opened.claim(request()))).code).toBe('SANDBOXES_EXHAUSTED');
    await vi.waitFor(() => expect(opened.stats().python).toMatchObject({ claimed: 0, destroyed: 1 }), 20_000);
    await opened.claim(request());
  });

  it('tells how a process ended before what it leaves is cleared up', async () => {
    const opened = await openTestPool(python(), { warm: 1 });
    pool = opened;
    const files = { 'main.py': 'import os\ndef handler(params, context): os._exit(3)\n' };
    const sandbox = await opened.claim(request({ code: { digest: 'd', files, entry: 'main.py' } }));
    const error = await failureOf(sandbox.invoke({ params: 0, context: {}, timeoutMs: 10_000 }));
    expect(error.message).toBe('the process of the function ended with exit code 3 before it answered');
    expect(opened.stats().python).toMatchObject({ claimed: 1, destroyed: 0 });
    await sandbox.ended;
    expect(opened.stats().python).toMatchObject({ claimed: 0, destroyed: 1 });
  });

  it('starts one with other memory when asked', async () => {
    pool = await openTestPool(python(), { warm: 1 });
    const files = { 'main.py': 'def handler(params, context): return len(bytearray(params))\n' };
    const code = { digest: 'd', files, entry: 'main.py' };
    const [small, large] = await Promise.all([
      pool.claim(request({ code, limits: { memoryBytes: 32 << 20 } })),
      pool.claim(request({ code, limits: { memoryBytes: 256 << 20 } })),
    ]);
    const invocation = { params: 150 << 20, context: {}, timeoutMs: 10_000 };
    expect((await large.invoke(invocation)).result).toBe(150 << 20);
    expect((await failureOf(small.invoke(invocation))).code).toBe('OUT_OF_MEMORY');
  });

  it('works with runc as with crun', async () => {
    const opened = await openTestPool(python(), { ociRuntime: 'runc' });
    pool = opened;
    const files = { 'main.py': 'def handler(params, context):\n    while params: pass\n    return 1\n' };
    const sandbox = await opened.claim(request({ code: { digest: 'd', files, entry: 'main.py' } }));
    expect((await sandbox.invoke({ params: 0, context: {}, timeoutMs: 5_000 })).result).toBe(1);
    expect((await failureOf(sandbox.invoke({ params: 1, context: {}, timeoutMs: 100 }))).code).toBe(
      'TIMEOUT',
    );
    await opened.close();
    expect(await tracesOf(opened.owner)).toEqual([]);
  });

  it('bounds what all sandboxes take together', async () => {
    const opened = await openTestPool(python(), { warm: 0 });
    pool = opened;
    const group = `longshore-sandboxes-${opened.owner}`;
    const read = async (...files: string[]) => {
      const found = files.map((file) => readFile(join('/sys/fs/cgroup', file), 'utf8').catch(() => ''));
      return Number((await Promise.all(found)).join(''));
    };
    const memory = await read(`memory/${group}/memory.limit_in_bytes`, `${group}/memory.max`);
    expect(memory).toBeGreaterThan(0);
    expect(memory).toBeLessThan(totalmem());
    const pids = await read(`pids/${group}/pids.max`, `${group}/pids.max`);
    expect(pids).toBeGreaterThan(0);
    expect(pids).toBeLessThan(Number(await readFile('/proc/sys/kernel/pid_max', 'utf8')));
  });

  it('gives up waiting at the deadline and when told to', async () => {
    pool = await openTestPool(python(), { warm: 0 });
    expect((await failureOf(pool.claim(request({ timeoutMs: 1 })))).code).toBe('TIMEOUT');
    const abort = new AbortController();
    const waiting = failureOf(pool.claim(request({ signal: abort.signal })));
    abort.abort();
    expect((await waiting).code).toBe('SANDBOX_ENDED');
    expect(pool.stats().python).toMatchObject({ waiting: 0, claimed: 0 });
  });

  it('refuses a runtime that this machine lacks, with the fix, and one that nobody knows', async () => {
    const absent: Runtime = {
      name: 'absent',
      sourceFile: 'main',
      availability: async () => ({ available: false, reason: 'no compiler', fix: 'apt-get install it' }),
      launch: () => {
        throw new Error('must not be asked');
      },
    };
    pool = openSandboxPool({ owner: 'aaaaaa', runtimes: [absent] });
    expect(pool.health()).toEqual({ absent: { status: 'starting' } });
    await pool.prepare();
    expect(pool.health()).toEqual({
      absent: { status: 'unavailable', reason: 'no compiler', fix: 'apt-get install it' },
    });
    const error = await failureOf(pool.claim(request({ runtime: 'absent' })));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'no compiler; apt-get install it' });
    expect((await failureOf(pool.claim(request({ runtime: 'cobol' })))).message).toContain(
      "no runtime 'cobol'",
    );
  });

  it('refuses only the runtime that does not know whether it is available', async () => {
    const launch = () => {
      throw new Error('must not be asked');
    };
    const broken: Runtime = {
      name: 'broken',
      sourceFile: 'main',
      availability: () => Promise.reject(new Error('no such link')),
      launch,
    };
    const absent: Runtime = {
      ...broken,
      name: 'absent',
      availability: async () => ({ available: false, reason: 'no compiler', fix: 'apt-get install it' }),
    };
    pool = openSandboxPool({ owner: 'aaaaaa', runtimes: [broken, absent] });
    await pool.prepare();
    expect(pool.health()).toMatchObject({
      broken: { status: 'unavailable', reason: 'no such link' },
      absent: { status: 'unavailable', reason: 'no compiler' },
    });
    await pool.close();
  });

  it('runs nothing where sandboxes cannot be made', async () => {
    const owner = 'bbbbbb';
    pool = openSandboxPool({ owner, runtimes: python(), directory: '/proc/nowhere' });
    await pool.prepare();
    expect(pool.health().python).toMatchObject({ status: 'unavailable' });
    expect((await failureOf(pool.claim(request()))).code).toBe('UNAVAILABLE');
    expect(await tracesOf(owner)).toEqual([]);
  });

  it('makes nothing on the machine until it is needed, and nothing more once it is closed', async () => {
    const owner = 'eeeeee';
    const unused = openSandboxPool({ owner, runtimes: python() });
    expect(unused.health()).toEqual({ python: { status: 'starting' } });
    expect(await tracesOf(owner)).toEqual([]);
    const claim = failureOf(unused.claim(request()));
    await unused.close();
    expect((await claim).code).toBe('UNAVAILABLE');
    expect(await tracesOf(owner)).toEqual([]);
  });

  it('says ok only when a sandbox has worked, with one of each started ahead and more once they are used', async () => {
    const opened = openSandboxPool({ owner: 'efefef', runtimes: python(), warm: 3 });
    pool = opened;
    await opened.prepare();
    expect(opened.health().python).toEqual({ status: 'starting' });
    await opened.proven();
    expect(opened.health().python).toMatchObject({ status: 'ok' });
    expect(opened.stats().python).toMatchObject({ started: 1 });
    await opened.claim(request());
    await vi.waitFor(() => expect(opened.stats().python).toMatchObject({ idle: 3, starting: 0 }), 20_000);
  });

  it('tells at once when starts fail, and the reason, and goes on when they work again', async () => {
    const [runtime] = python() as [Runtime];
    let broken = true;
    const breaking: Runtime = {
      ...runtime,
      launch: (bytes) => {
        const launch = runtime.launch(bytes);
        return broken ? { ...launch, argv: ['/usr/bin/false'] } : launch;
      },
    };
    const opened = openSandboxPool({ owner: 'cccccc', runtimes: [breaking], warm: 1 });
    pool = opened;
    expect((await failureOf(opened.claim(request()))).code).toBe('UNAVAILABLE');
    await opened.proven();
    expect(opened.health().python).toMatchObject({ status: 'failing' });
    broken = false;
    // One start that was begun before may still fail.
    const sandbox = await vi.waitFor(() => opened.claim(request()), 20_000);
    expect((await sandbox.invoke({ params: 1, context: {}, timeoutMs: 5_000 })).result).toBe(1);
    expect(opened.health().python).toMatchObject({ status: 'ok' });
  });

  it('keeps deadline, abort, failures and close for a sandbox of other memory too', async () => {
    const [runtime] = python() as [Runtime];
    const usual = 128 << 20;
    const stuck: Runtime = {
      ...runtime,
      launch: (bytes) => {
        const launch = runtime.launch(bytes);
        if (bytes === usual) return launch;
        return { ...launch, argv: bytes < usual ? ['/usr/bin/false'] : ['/usr/bin/sleep', '600'] };
      },
    };
    const opened = await openTestPool([stuck], { warm: 1 });
    pool = opened;
    const other = (memoryBytes: number, changes: Partial<ClaimRequest> = {}) =>
      failureOf(opened.claim(request({ limits: { memoryBytes }, ...changes })));
    expect((await other(256 << 20, { timeoutMs: 200 })).code).toBe('TIMEOUT');
    const abort = new AbortController();
    const aborted = other(256 << 20, { signal: abort.signal });
    await vi.waitFor(() => expect(opened.stats().python).toMatchObject({ waiting: 1 }), 5_000);
    abort.abort();
    expect((await aborted).code).toBe('SANDBOX_ENDED');
    expect((await other(64 << 20)).code).toBe('UNAVAILABLE');
    expect(opened.health().python).toMatchObject({ status: 'ok' });
    const waiting = other(512 << 20);
    await vi.waitFor(() => expect(opened.stats().python).toMatchObject({ waiting: 1 }), 5_000);
    await opened.close();
    expect((await waiting).code).toBe('UNAVAILABLE');
    expect(await tracesOf(opened.owner)).toEqual([]);
  });

  it('removes what a killed server left, at the next start', async () => {
    const owner = 'dddddd';
    const program = fileURLToPath(new URL('../../test/fixtures/sandbox-orphan.ts', import.meta.url));
    const server = spawn(process.execPath, ['--import', 'tsx', program, owner], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: server.stdout });
      const [line] = (await once(lines, 'line')) as [string];
      expect(line).toBe('running');
    } finally {
      server.kill('SIGKILL');
      await once(server, 'close');
    }
    const left = await tracesOf(owner);
    expect(left.some((trace) => trace.startsWith('process'))).toBe(true);
    const next = await openTestPool(python(), { owner, warm: 0 });
    pool = next;
    const running = (await tracesOf(owner)).filter((trace) => /python|crun|runc/.test(trace));
    expect(running).toEqual([]);
    await next.close();
    expect(await tracesOf(owner)).toEqual([]);
  });
});
