/** Attacks on the deadline. */
import type { Attack, Programs } from './attack.ts';
import { must, mustBe, refusalOf } from './attack.ts';
import { isGone } from './observation.ts';
import { rustProgram } from './rust.ts';

const DEADLINE_MS = 200;
/** Much longer than a kill takes on a busy machine, and much shorter than any of the loops. */
const LATE_MS = 2_000;

const LOOPS: Readonly<Record<string, Programs>> = {
  'without end': {
    nodejs: 'export default () => { for (;;); };',
    python: 'def handler(params, context):\n    while True: pass\n',
    rust: rustProgram('loop { std::hint::spin_loop() }'),
  },
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
    rust: rustProgram(
      'for each in 1..65 { unsafe { signal(each, 1) }; } loop { std::hint::spin_loop() }',
      'extern "C" { fn signal(signal: i32, handler: usize) -> usize; }',
    ),
  },
  'of waiting': {
    nodejs: 'export default () => new Promise(() => setInterval(() => {}, 1000));',
    python: 'import time\ndef handler(params, context): time.sleep(1000)\n',
    rust: rustProgram('loop { std::thread::sleep(std::time::Duration::from_secs(1000)) }'),
  },
};

const TOP_LEVEL: Programs = { nodejs: 'for (;;);', python: 'while True: pass\n' };

const loopAttacks = Object.entries(LOOPS).map(([kind, programs]): Attack => ({
  number: 3,
  name: `a loop ${kind} ends at the deadline`,
  languages: Object.keys(programs),
  async attempt({ claim }) {
    const sandbox = await claim(programs);
    const begin = performance.now();
    const invocation = sandbox.invoke({ params: {}, context: {}, timeoutMs: DEADLINE_MS });
    mustBe('it ended with', (await refusalOf(invocation, 'the loop')).code, 'TIMEOUT');
    const elapsed = Math.round(performance.now() - begin);
    must(elapsed < LATE_MS, `it ended after ${elapsed} ms, not after ${DEADLINE_MS}`);
    await sandbox.ended;
    await isGone(sandbox);
  },
}));

export const timeAttacks: readonly Attack[] = [
  ...loopAttacks,
  {
    number: 3,
    name: 'a loop at the top level of the code ends at the deadline of the claim',
    async attempt({ claim }) {
      const refusal = await refusalOf(claim(TOP_LEVEL, { timeoutMs: 1_000 }), 'the loop');
      mustBe('it ended with', refusal.code, 'TIMEOUT');
    },
  },
];
