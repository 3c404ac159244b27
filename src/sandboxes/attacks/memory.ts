/** Attacks on the machine's memory. */
import type { Attack, Programs } from './attack.ts';
import { mustBe, refusalOf, withNeighbour } from './attack.ts';
import { rustProgram } from './rust.ts';

const BOMBS: Readonly<Record<string, Programs>> = {
  'of objects': {
    nodejs:
      'export default () => { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); };',
    python:
      'def handler(params, context):\n    found = []\n    while True: found.append(bytearray(1 << 20))\n',
    rust: rustProgram('let mut all = Vec::new(); loop { all.push(vec![json!([1]); 10_000]); }'),
  },
  'of buffers': {
    nodejs: 'export default () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1)); };',
    python: 'def handler(params, context): return len(b"x" * (1 << 30))\n',
    rust: rustProgram('let mut all = Vec::new(); loop { all.push(vec![1u8; 1 << 22]); }'),
  },
  'of files': {
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
    rust: rustProgram(
      `use std::io::Write;
    // Files that are too large are refused, not the end.
    unsafe { signal(25, 1) };
    for directory in ["/tmp", "/function"] {
        let mut file = std::fs::File::create(format!("{}/x", directory)).unwrap();
        while file.write_all(&[1; 1 << 16]).is_ok() {}
    }
    let mut all = Vec::new();
    loop { all.push(vec![1u8; 1 << 22]); }`,
      'extern "C" { fn signal(signal: i32, handler: usize) -> usize; }',
    ),
  },
};

export const memoryAttacks: readonly Attack[] = Object.entries(BOMBS).map(([kind, programs]) => ({
  number: 2,
  name: `a memory bomb ${kind} ends alone`,
  languages: Object.keys(programs),
  attempt: (trial) =>
    withNeighbour(trial, async (isWell) => {
      mustBe('the bomb ended with', (await refusalOf(trial.run(programs), 'the bomb')).code, 'OUT_OF_MEMORY');
      await isWell();
    }),
}));
