/** Attacks on what sandboxes share with each other and the server: processes, memory, time, descriptors, disk. */
import { readFile, readdir } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import type { Sandbox } from '../core/ports/sandbox.ts';
import type { Language } from '../../test/fixtures/attack-trial.ts';
import { failureOf, trials } from '../../test/fixtures/attack-trial.ts';
import { PROCESS_LIMITS } from './bundle.ts';

const HELLO = {
  nodejs: 'export default () => "hello";',
  python: 'def handler(params, context): return "hello"\n',
};

/** Processes of this machine that are in the control group of the sandbox. */
async function processesOf(sandbox: Sandbox): Promise<number> {
  let count = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const group = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (group.includes(sandbox.id)) count += 1;
  }
  return count;
}

const isGone = (sandbox: Sandbox) =>
  vi.waitFor(async () => expect(await processesOf(sandbox)).toBe(0), 5_000);

trials('resources', { warm: 2 }, ({ claim, run }) => {
  it('a fork bomb stops at the limit, and what it started is gone after the answer', async () => {
    const bomb = await claim({
      nodejs: `
        import { spawn } from 'node:child_process';
        export default async () => {
          let started = 0, failed;
          while (!failed && started < 500) {
            await new Promise((resolve) => {
              try {
                spawn('/bin/sleep', ['1000']).once('spawn', () => { started++; resolve(); })
                  .once('error', (error) => { failed = error.code; resolve(); });
              } catch (error) { failed = error.code; resolve(); }
            });
          }
          return { started, failed };
        };`,
      python: `
import os, time, errno
def handler(params, context):
    started = 0
    while started < 500:
        try:
            if os.fork() == 0:
                while True: time.sleep(1000)
            started += 1
        except OSError as error:
            return {'started': started, 'failed': errno.errorcode[error.errno]}
`,
    });
    const { result } = await bomb.invoke({ params: {}, context: {}, timeoutMs: 20_000 });
    expect(result).toMatchObject({ failed: 'EAGAIN' });
    const { started } = result as { started: number };
    expect(started).toBeGreaterThan(5);
    expect(started).toBeLessThan(PROCESS_LIMITS.pids);
    await vi.waitFor(async () => expect(await processesOf(bomb)).toBe(1), 5_000);
    await bomb.destroy();
  });

  it('a fork bomb that never answers ends at the deadline with everything it started', async () => {
    const [bomb, neighbour] = await Promise.all([
      claim({
        nodejs: `
          import { spawnSync, spawn } from 'node:child_process';
          export default () => {
            for (;;) try { spawn('/bin/sh', ['-c', 'while :; do sh -c "sleep 1000" & done']); } catch {}
          };`,
        python: `
import os
def handler(params, context):
    while True:
        try: os.fork()
        except OSError: pass
`,
      }),
      claim(HELLO),
    ]);
    const failed = failureOf(bomb.invoke({ params: {}, context: {}, timeoutMs: 1_000 }));
    await vi.waitFor(async () => expect(await processesOf(bomb)).toBeGreaterThan(3), 5_000);
    expect(await processesOf(bomb)).toBeLessThanOrEqual(PROCESS_LIMITS.pids);
    const { result } = await neighbour.invoke({ params: {}, context: {}, timeoutMs: 5_000 });
    expect(result).toBe('hello');
    expect((await failed).code).toBe('TIMEOUT');
    await isGone(bomb);
    await neighbour.destroy();
  });

  it('a memory bomb ends alone', async () => {
    const neighbour = await claim(HELLO);
    const bombs = {
      heap: {
        nodejs:
          'export default () => { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); };',
        python:
          'def handler(params, context):\n    found = []\n    while True: found.append(bytearray(1 << 20))\n',
      },
      buffers: {
        nodejs: 'export default () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1)); };',
        python: 'def handler(params, context): return len(b"x" * (1 << 30))\n',
      },
      files: {
        nodejs: `import fs from 'node:fs';
          export default () => {
            const all = [];
            for (const d of ['/tmp', '/function']) {
              const file = fs.openSync(d + '/x', 'w');
              try { for (;;) fs.writeSync(file, Buffer.alloc(1 << 20, 1)); } catch {}
            }
            for (;;) all.push(Buffer.alloc(1 << 22, 1));
          };`,
        python: `
def handler(params, context):
    for directory in ('/tmp', '/function'):
        try:
            with open(directory + '/x', 'wb', 0) as file:
                while True: file.write(b'x' * (1 << 20))
        except OSError: pass
    found = []
    while True: found.append(bytearray(b'x' * (1 << 20)))
`,
      },
    };
    for (const programs of Object.values(bombs)) {
      const error = await failureOf(run(programs));
      expect(error.code).toBe('OUT_OF_MEMORY');
      const { result } = await neighbour.invoke({ params: {}, context: {}, timeoutMs: 5_000 });
      expect(result).toBe('hello');
    }
    await neighbour.destroy();
  });

  const endless: Record<string, Record<Language, string>> = {
    'of promises': {
      nodejs: 'export default async () => { for (;;) await null; };',
      python: 'import asyncio\nasync def handler(params, context):\n    while True: await asyncio.sleep(0)\n',
    },
    'of a regular expression': {
      nodejs: 'export default () => /^(a+)+$/.test("a".repeat(50) + "b");',
      python: 'import re\ndef handler(params, context): return re.match("^(a+)+$", "a" * 50 + "b") is None\n',
    },
    'that ignores signals': {
      nodejs: `for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(name, () => {});
        export default () => { for (;;) try { JSON.parse('x'); } catch {} };`,
      python: `import signal
def handler(params, context):
    for each in range(1, 65):
        try: signal.signal(each, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True:
        try: raise ValueError
        except BaseException: pass
`,
    },
    'of waiting': {
      nodejs: 'export default () => new Promise(() => setInterval(() => {}, 1000));',
      python: 'import time\ndef handler(params, context): time.sleep(1000)\n',
    },
  };
  it.each(Object.keys(endless))('a loop %s ends at the deadline', async (name) => {
    const sandbox = await claim(endless[name] as Record<Language, string>);
    const begin = performance.now();
    const error = await failureOf(sandbox.invoke({ params: {}, context: {}, timeoutMs: 200 }));
    expect(error.code).toBe('TIMEOUT');
    expect(performance.now() - begin).toBeLessThan(1_000);
    await sandbox.ended;
    expect(await processesOf(sandbox)).toBe(0);
  });

  it('a loop at the top level of the code ends at the deadline of the claim', async () => {
    const programs = { nodejs: 'for (;;);', python: 'while True: pass\n' };
    const error = await failureOf(claim(programs, { timeoutMs: 1_000 }));
    expect(error.code).toBe('TIMEOUT');
  });

  it('descriptors run out inside only', async () => {
    const { result } = await run({
      nodejs: `import fs from 'node:fs';
        export default () => {
          let opened = 0;
          try { for (;;) { fs.openSync('/dev/null'); opened++; } } catch (error) { return { opened, failed: error.code }; }
        };`,
      python: `
import os, errno
def handler(params, context):
    opened = 0
    try:
        while True:
            os.open('/dev/null', os.O_RDONLY)
            opened += 1
    except OSError as error:
        return {'opened': opened, 'failed': errno.errorcode[error.errno]}
`,
    });
    expect(result).toMatchObject({ failed: 'EMFILE' });
    expect((result as { opened: number }).opened).toBeLessThan(PROCESS_LIMITS.openFiles);
  });

  it('files have a bound in bytes and in number, and only two directories take any', async () => {
    const { result } = await run({
      nodejs: `import fs from 'node:fs';
        const attempt = (action) => { try { action(); return 'done'; } catch (error) { return error.code; } };
        export default () => ({
          bytes: attempt(() => { for (;;) fs.appendFileSync('/tmp/large', Buffer.alloc(1 << 20)); }),
          moreBytes: attempt(() => { for (let i = 0; ; i++) fs.writeFileSync('/tmp/l' + i, Buffer.alloc(1 << 20)); }),
          number: attempt(() => { for (let i = 0; ; i++) fs.mkdirSync('/function/' + i); }),
          others: ['/', '/usr', '/usr/bin', '/etc', '/launcher', '/dev', '/proc', '/proc/sys/kernel', '/root', '/run',
            '/var/tmp', '/dev/shm', '/sys'].map((d) => attempt(() => fs.writeFileSync(d + '/x', 'x'))),
          overwrite: attempt(() => fs.writeFileSync('/launcher/nodejs.mjs', 'x')),
        });`,
      python: `
import os, errno
def attempt(action):
    try: action()
    except OSError as error: return errno.errorcode[error.errno]
    return 'done'
def write(path, size=1):
    with open(path, 'ab', 0) as file: file.write(b'x' * size)
def endless(action):
    count = 0
    while True:
        action(count)
        count += 1
def handler(params, context):
    return {
        'bytes': attempt(lambda: endless(lambda i: write('/tmp/large', 1 << 20))),
        'moreBytes': attempt(lambda: endless(lambda i: write(f'/tmp/l{i}', 1 << 20) )),
        'number': attempt(lambda: endless(lambda i: os.mkdir(f'/function/{i}'))),
        'others': [attempt(lambda: write(d + '/x')) for d in ('/', '/usr', '/usr/bin', '/etc', '/launcher', '/dev', '/proc',
            '/proc/sys/kernel', '/root', '/run', '/var/tmp', '/dev/shm', '/sys')],
        'overwrite': attempt(lambda: write('/launcher/python.py')),
    }
`,
    });
    const { bytes, moreBytes, number, others, overwrite } = result as Record<string, string> & {
      others: string[];
    };
    expect(['ENOSPC', 'EFBIG']).toContain(bytes);
    expect(number).toBe('ENOSPC');
    expect(moreBytes).toBe('ENOSPC');
    for (const each of [...others, overwrite]) expect(['EROFS', 'EACCES', 'ENOENT']).toContain(each);
  });

  it('output without end is cut, then ends the sandbox; the server goes on', async () => {
    const shout = {
      nodejs: `import fs from 'node:fs';
        export default ({ times }) => { for (let i = 0; i < times; i++) fs.writeSync(1, 'x'.repeat(1 << 16)); };`,
      python: `import os
def handler(params, context):
    for _ in range(params['times']): os.write(1, b'x' * (1 << 16))
`,
    };
    const { output } = await run(shout, { times: 32 });
    expect(output.stdout).toBe('x'.repeat(64 << 10));
    expect(output.droppedBytes).toBe(31 << 16);
    const before = process.memoryUsage().rss;
    expect((await failureOf(run(shout, { times: 1_000_000_000 }))).code).toBe('OUTPUT_LIMIT');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
  });

  it('params of any depth are sent or refused, and hurt nobody', async () => {
    let nested: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect((await failureOf(run(HELLO, nested))).code).toBe('PARAMS_LIMIT');
    let deep: unknown = [];
    for (let depth = 0; depth < 900; depth += 1) deep = [deep];
    expect((await run(HELLO, deep)).result).toBe('hello');
  });
});
