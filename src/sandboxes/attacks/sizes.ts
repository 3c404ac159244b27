/** Attacks with sizes: output, results and params that would take the server's memory or its parser. */
import type { Attack, Programs } from './attack.ts';
import { must, mustBe, refusalOf, withNeighbour } from './attack.ts';

const SHOUT: Programs = {
  nodejs: `import fs from 'node:fs';
    export default ({ fd, times }) => { for (let i = 0; i < times; i++) fs.writeSync(fd, 'x'.repeat(1 << 16)); };`,
  python: `import os
def handler(params, context):
    for _ in range(params['times']): os.write(params['fd'], b'x' * (1 << 16))
`,
};
const STREAMS = { stdout: 1, stderr: 2 } as const;
const PART_BYTES = 1 << 16;
const FOR_EVER = 1_000_000_000;
/** What the server may grow by meanwhile: it holds some output that is on its way. */
const GROWTH_BYTES = 100 << 20;

/** Answers something large or deep, as `params` say. */
const LARGE: Programs = {
  nodejs: `export default ({ bytes, levels }) => {
      if (bytes) return 'x'.repeat(bytes);
      let list = [];
      for (let i = 1; i < levels; i++) list = [list];
      return list;
    };`,
  python: `import json
def handler(params, context):
    if 'bytes' in params: return 'x' * params['bytes']
    found = []
    for _ in range(params['levels'] - 1): found = [found]
    return found
`,
};

const ECHO: Programs = {
  nodejs: 'export default (params) => params;',
  python: 'def handler(params, context): return params\n',
};

const nested = (levels: number): unknown => {
  let list: unknown = [];
  for (let level = 1; level < levels; level += 1) list = [list];
  return list;
};

export const sizeAttacks: readonly Attack[] = [
  {
    number: 9,
    name: 'output without end is cut, then ends the sandbox, and takes no memory of the server',
    attempt: (trial) =>
      withNeighbour(trial, async (isWell) => {
        for (const [stream, fd] of Object.entries(STREAMS) as ['stdout' | 'stderr', number][]) {
          const { output } = await trial.run(SHOUT, { fd, times: 32 });
          mustBe(`kept of ${stream}`, output[stream].length, PART_BYTES);
          mustBe(`dropped of ${stream}`, output.droppedBytes, 31 * PART_BYTES);
          const before = process.memoryUsage().rss;
          const refusal = await refusalOf(trial.run(SHOUT, { fd, times: FOR_EVER }), stream);
          mustBe(`${stream} ended with`, refusal.code, 'OUTPUT_LIMIT');
          const growth = process.memoryUsage().rss - before;
          must(growth < GROWTH_BYTES, `the server grew by ${growth} bytes`);
          await isWell();
        }
      }),
  },
  {
    number: 9,
    name: 'results that are too large or too deep are refused',
    async attempt({ run }) {
      for (const params of [{ bytes: 7 << 20 }, { levels: 600 }]) {
        const refusal = await refusalOf(run(LARGE, params), 'the result');
        mustBe(`a result of ${JSON.stringify(params)} ended with`, refusal.code, 'OUTPUT_LIMIT');
      }
    },
  },
  {
    number: 10,
    name: 'params that are too large or too deep are refused',
    attempt: (trial) =>
      withNeighbour(trial, async (isWell) => {
        const large = await refusalOf(trial.run(ECHO, 'x'.repeat(7 << 20)), 'large params');
        mustBe('large params ended with', large.code, 'PARAMS_LIMIT');
        const deep = await refusalOf(trial.run(ECHO, nested(100_000)), 'deep params');
        mustBe('deep params ended with', deep.code, 'PARAMS_LIMIT');
        mustBe('less deep params', (await trial.run(ECHO, nested(500))).result, nested(500));
        await isWell();
      }),
  },
];
