import { expect, it, vi } from 'vitest';
import type { Sandbox } from '../core/ports/sandbox.ts';
import { failureOf, trials } from '../../test/fixtures/attack-trial.ts';
import { isFrozen } from './attacks/observation.ts';

const once = (sandbox: Sandbox, params: unknown = {}) =>
  sandbox.invoke({ params, context: {}, timeoutMs: 5_000 }).then(({ result }) => result);

trials('a claimed sandbox', { warm: 1, freezeAfterMs: 100 }, ({ claim, pool }) => {
  it('is killed also while it is frozen', async () => {
    const sandbox = await claim({
      nodejs: 'export default () => 1;',
      python: 'def handler(params, context): return 1\n',
    });
    const freezes = () =>
      vi.waitFor(async () => expect(await isFrozen(pool().owner, sandbox)).toBe(true), 5_000);
    expect(await once(sandbox)).toBe(1);
    await freezes();
    expect(await once(sandbox)).toBe(1);
    await freezes();
    await sandbox.destroy();
  });

  it('gives way to a fresh one before children that nobody waits for fill it', async () => {
    const programs = {
      nodejs: `import { spawnSync } from 'node:child_process';
        export default () => spawnSync('/bin/sh', ['-c', 'sleep 1000 > /dev/null 2>&1 & echo started'], { encoding: 'utf8' }).stdout;`,
      python: `import subprocess
def handler(params, context):
    return subprocess.run(['/bin/sh', '-c', 'sleep 1000 > /dev/null 2>&1 & echo started'], capture_output=True, text=True).stdout
`,
    };
    let sandbox = await claim(programs);
    for (let turn = 0; turn < 100; turn += 1) {
      if (!sandbox.alive) {
        await sandbox.ended;
        sandbox = await claim(programs);
      }
      expect(await once(sandbox)).toBe('started\n');
    }
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
});
