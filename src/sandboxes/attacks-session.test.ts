/** Attacks on other sessions and on the answers: what is left behind, what is forged, what goes on in the background. */
import { readFile, readdir } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import type { Sandbox } from '../core/ports/sandbox.ts';
import { failureOf, trials } from '../../test/fixtures/attack-trial.ts';

const once = (sandbox: Sandbox, params: unknown = {}, timeoutMs = 5_000) =>
  sandbox.invoke({ params, context: {}, timeoutMs }).then(({ result }) => result);

const isFrozen = (owner: string, sandbox: Sandbox) =>
  vi.waitFor(async () => {
    const group = `/longshore-sandboxes-${owner}/${sandbox.id}`;
    const v1 = await readFile(`/sys/fs/cgroup/freezer${group}/freezer.state`, 'utf8').catch(() => '');
    const v2 = await readFile(`/sys/fs/cgroup${group}/cgroup.freeze`, 'utf8').catch(() => '');
    expect(`${v1}${v2}`.trim()).toMatch(/^(FROZEN|1)$/);
  }, 5_000);

/** CPU time its first process has used, in ticks. */
async function cpuTimeOf(sandbox: Sandbox): Promise<number> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const group = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (!group.includes(sandbox.id)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  }
  throw new Error('the sandbox has no process');
}

trials('session', { warm: 1, freezeAfterMs: 100 }, ({ claim, run, pool, language }) => {
  it('leaves nothing of itself for the next one', async () => {
    const program = {
      nodejs: `import fs from 'node:fs';
        export default () => {
          const clean = [({}).polluted, globalThis.left, process.env.LEFT, JSON.stringify({ a: 1 }), fs.readdirSync('/tmp').length, Math.max(1, 2)];
          Object.prototype.polluted = 'yes'; globalThis.left = 'yes'; process.env.LEFT = 'yes';
          fs.writeFileSync('/tmp/left', 'yes'); fs.writeFileSync('/function/left', 'yes');
          JSON.stringify = () => '"forged"'; Math.max = () => 0; Array.prototype.map = () => [];
          return clean;
        };`,
      python: `
import os, json, builtins, sys
def handler(params, context):
    clean = [getattr(builtins, 'polluted', None), sys.modules.get('left'), os.environ.get('LEFT'), json.dumps({'a': 1}, separators=(',', ':')), len(os.listdir('/tmp')), max(1, 2)]
    builtins.polluted = 'yes'; sys.modules['left'] = 'yes'; os.environ['LEFT'] = 'yes'
    open('/tmp/left', 'w').close(); open('/function/left', 'w').close()
    json.dumps = lambda value, **_: '"forged"'; builtins.max = lambda *_: 0
    return clean
`,
    };
    const clean = [null, null, null, '{"a":1}', 0, 2];
    for (let turn = 0; turn < 3; turn += 1) expect((await run(program)).result).toEqual(clean);
  });

  it('cannot reach the objects of the server with what it answers', async () => {
    const { result } = await run({
      nodejs: `export default () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');`,
      python: `def handler(params, context): return {'__proto__': {'polluted': 1}, 'constructor': {'prototype': {'polluted': 1}}}\n`,
    });
    expect(Object.keys(result as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  /** Writes `params.times` frames with this text to the channel, from the handler. */
  const forger = {
    nodejs: `import fs from 'node:fs';
      const frame = (text) => { const size = Buffer.alloc(4); size.writeUInt32BE(Buffer.byteLength(text)); return Buffer.concat([size, Buffer.from(text)]); };
      export default ({ text, raw }) => {
        if (raw) fs.writeSync(3, Buffer.from(raw, 'hex'));
        else fs.writeSync(3, frame(text));
        return 'the true answer';
      };`,
    python: `import os
def handler(params, context):
    text = params.get('text', '').encode()
    os.write(3, bytes.fromhex(params['raw']) if 'raw' in params else len(text).to_bytes(4, 'big') + text)
    return 'the true answer'
`,
  };
  it.each([
    ['a result', { text: '{"n":"00000000-0000-0000-0000-000000000000","r":"forged"}' }],
    ['an error', { text: '{"n":"","e":{"code":"TIMEOUT","message":"forged"}}' }],
    ['a greeting', { text: '{"ready":true}' }],
    ['no JSON', { text: 'forged' }],
    ['a list', { text: '[]' }],
    ['an empty frame', { raw: '00000000' }],
    ['a frame without end', { raw: 'ffffffff' }],
  ])('ends when it forges %s', async (_, params) => {
    const sandbox = await claim(forger);
    const error = await failureOf(once(sandbox, params));
    expect(error.code).toBe('PROTOCOL_VIOLATION');
    expect(sandbox.alive).toBe(false);
    await sandbox.ended;
  });

  it('ends when it forges an answer ahead, before it is asked', async () => {
    const sandbox = await claim({
      nodejs: `import fs from 'node:fs'; import { Worker } from 'node:worker_threads';
        export default async () => {
          const worker = new Worker("setTimeout(() => require('node:fs').writeSync(3, Buffer.from('000000027b7d', 'hex')), 20)", { eval: true });
          await new Promise((resolve) => worker.on('online', resolve));
          return 'asked';
        };`,
      python: `import os, threading
def handler(params, context):
    threading.Timer(0.02, lambda: os.write(3, bytes.fromhex('000000027b7d'))).start()
    return 'asked'
`,
    });
    expect(await once(sandbox)).toBe('asked');
    await sandbox.ended;
    expect((await failureOf(once(sandbox))).code).toBe('SANDBOX_ENDED');
  });

  it('ends when it closes the channel', async () => {
    const sandbox = await claim({
      nodejs: `import fs from 'node:fs'; export default () => { fs.closeSync(3); return 'closed'; };`,
      python: `import os\ndef handler(params, context):\n    os.close(3)\n    return 'closed'\n`,
    });
    const error = await failureOf(once(sandbox));
    expect(['RUNTIME_ERROR', 'PROTOCOL_VIOLATION']).toContain(error.code);
    await sandbox.ended;
  });

  it('has no processes left after it answered', async () => {
    const sandbox = await claim({
      nodejs: `import { spawn } from 'node:child_process'; import fs from 'node:fs'; import { once } from 'node:events';
        export default async ({ start }) => {
          if (start) await once(spawn('/bin/sh', ['-c', 'setsid sh -c "while :; do echo x >> /tmp/ticks; done" & sleep 1000']), 'spawn');
          await new Promise((resolve) => setTimeout(resolve, 50));
          return fs.existsSync('/tmp/ticks') ? fs.statSync('/tmp/ticks').size : 0;
        };`,
      python: `import os, subprocess, time
def handler(params, context):
    if params.get('start'):
        subprocess.Popen(['/bin/sh', '-c', 'setsid sh -c "while :; do echo x >> /tmp/ticks; done" & sleep 1000'])
    time.sleep(0.05)
    return os.path.exists('/tmp/ticks') and os.path.getsize('/tmp/ticks')
`,
    });
    expect(await once(sandbox, { start: true })).toBeGreaterThan(0);
    const after = await once(sandbox);
    expect(await once(sandbox)).toBe(after);
    await sandbox.destroy();
  });

  it('runs no timers and threads while it has nothing to do', async () => {
    const sandbox = await claim({
      nodejs: `import { Worker } from 'node:worker_threads';
        const shared = new Int32Array(new SharedArrayBuffer(8));
        let timers = 0;
        export default ({ start }) => {
          if (start) {
            setInterval(() => timers++, 1);
            new Worker("const { workerData } = require('node:worker_threads'); for (;;) workerData[0]++;", { eval: true, workerData: shared });
          }
          return [timers, shared[0]];
        };`,
      python: `import threading
ticks = 0
def tick():
    global ticks
    while True: ticks += 1
def handler(params, context):
    if params.get('start'): threading.Thread(target=tick, daemon=True).start()
    return [0, ticks]
`,
    });
    await once(sandbox, { start: true });
    await isFrozen(pool().owner, sandbox);
    const before = await cpuTimeOf(sandbox);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await cpuTimeOf(sandbox)).toBe(before);
    const [timers] = (await once(sandbox)) as number[];
    expect(timers).toBe(0);
    await sandbox.destroy();
  });

  it('is killed also while it is frozen', async () => {
    const sandbox = await claim({
      nodejs: 'export default () => 1;',
      python: 'def handler(params, context): return 1\n',
    });
    expect(await once(sandbox)).toBe(1);
    await isFrozen(pool().owner, sandbox);
    expect(await once(sandbox)).toBe(1);
    await isFrozen(pool().owner, sandbox);
    await sandbox.destroy();
  });

  it('that is thrown strange things says so and goes on', async () => {
    const sandbox = await claim({
      nodejs: `const strange = [null, undefined, 'text', 7, Symbol('s'), { a: 1 }, new Proxy({}, { get() { throw 1; } }),
          Object.defineProperty(new Error('x'), 'stack', { get() { throw new Error('no'); } }), Object.create(null), () => {}];
        export default ({ turn }) => { throw strange[turn]; };`,
      python: `class Strange(Exception):
    def __str__(self): raise self
strange = [Strange(), KeyboardInterrupt(), SystemExit(3), GeneratorExit(), BaseException(), Exception('x' * 10_000_000), RecursionError(), StopIteration(), Exception({}), Exception(None)]
def handler(params, context): raise strange[params['turn']]
`,
    });
    for (let turn = 0; turn < 10; turn += 1) {
      const error = await failureOf(once(sandbox, { turn }));
      expect(error.code).toBe('RUNTIME_ERROR');
      expect(error.message.length).toBeLessThan(10_000);
      expect(sandbox.alive).toBe(true);
    }
    await sandbox.destroy();
  });

  it('cannot put its files anywhere else by their names', async () => {
    const names = [
      '../x',
      '/etc/x',
      'a/../../x',
      './x',
      'a//x',
      'a/',
      '',
      '.',
      '..',
      'a\0b',
      'x\n',
      'a\\b',
      'é'.repeat(3),
    ];
    for (const name of [...names, 'x'.repeat(300), '__proto__/../x']) {
      const request = { code: { digest: 'd', files: { [name]: '' }, entry: name } };
      const error = await failureOf(claim({ nodejs: '', python: '' }, request));
      expect(error, JSON.stringify(name)).toMatchObject({ code: 'INITIALIZATION_ERROR' });
    }
    expect(pool().stats()[language]).toMatchObject({ claimed: 0 });
  });
});
