import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

test('writes JSON lines at its level and above, with the stack of an error', () => {
  const lines: string[] = [];
  const log = createLog(
    'warn',
    new Writable({ write: (line, _, done) => (lines.push(String(line)), done()) }),
  );
  log.info('not this');
  log.error({ err: new Error('broken'), task: 'a' }, 'said');
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? '') as { time: string; err: { stack: string } };
  expect(line).toMatchObject({ level: 50, task: 'a', msg: 'said', err: { message: 'broken' } });
  expect(line.err.stack).toContain('log.test.ts');
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(line).not.toHaveProperty('pid');
});
