/** Attacks on the machine's memory. */
import type { Attack, Programs } from './attack.ts';
import { mustBe, refusalOf, withNeighbour } from './attack.ts';

const BOMBS: Readonly<Record<string, Programs>> = {
  'of objects': {
    nodejs:
      'export default () => { const all = []; for (;;) all.push(new Array(10000).fill(Math.random())); };',
    python:
      'def handler(params, context):\n    found = []\n    while True: found.append(bytearray(1 << 20))\n',
  },
  'of buffers': {
    nodejs: 'export default () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1)); };',
    python: 'def handler(params, context): return len(b"x" * (1 << 30))\n',
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
  },
};

export const memoryAttacks: readonly Attack[] = Object.entries(BOMBS).map(([kind, programs]) => ({
  number: 2,
  name: `a memory bomb ${kind} ends alone`,
  attempt: (trial) =>
    withNeighbour(trial, async (isWell) => {
      mustBe('the bomb ended with', (await refusalOf(trial.run(programs), 'the bomb')).code, 'OUT_OF_MEMORY');
      await isWell();
    }),
}));
