import { expect, it } from 'vitest';
import { levelNamed, levelOf, type Level } from './log-level.ts';

const lines: [string, Level][] = [
  // JSON
  ['{"level":"error","msg":"x"}', 'error'],
  ['{"time":"2026-01-02T03:04:05Z","severity":"WARNING","message":"x"}', 'warn'],
  ['{"msg":"no error here","lvl":"dbg"}', 'debug'],
  ['  {"log.level" : "INFO"}', 'info'],
  ['{"level":10,"msg":"pino"}', 'trace'],
  ['{"level":30}', 'info'],
  ['{"level":35}', 'info'],
  ['{"level":50,"time":1}', 'error'],
  ['{"level":60}', 'fatal'],
  ['{"level":3}', 'error'],
  ['{"level":900}', 'unknown'],
  ['{"level":"gold"}', 'unknown'],
  ['{"message":"cut off and without a level', 'unknown'],
  // logfmt
  ['time="2026-01-02T03:04:05Z" level=warning msg="x"', 'warn'],
  ['level="error" msg=x', 'error'],
  ['ts=1 severity=critical', 'fatal'],
  ['sealevel=error', 'unknown'],
  // klog
  ['E0102 15:04:05.000000       1 file.go:12] x', 'error'],
  ['I1231 15:04:05.000000       1 file.go:12] ERROR', 'info'],
  ['F0102 15:04:05.000000 1 f.go:1] x', 'fatal'],
  ['E0102 is a part number', 'unknown'],
  // syslog
  ['<3>disk is full', 'error'],
  ['<11>Jan  2 03:04:05 host app: x', 'error'],
  ['<6>x', 'info'],
  ['<b>bold</b>', 'unknown'],
  // words
  ['[ERROR] x', 'error'],
  ['[error] x', 'error'],
  ['[2026-01-02 03:04:05] [warn] x', 'warn'],
  ['ERROR: x', 'error'],
  ['Warning: x', 'warn'],
  ['panic: runtime error', 'fatal'],
  ['2026-01-02 03:04:05,678 WARN [main] c.e.App - x', 'warn'],
  ['2026-01-02 03:04:05.678 UTC [1] LOG:  database system is ready', 'info'],
  ['03:04:05.678 [main] DEBUG c.e.App', 'debug'],
  ['INFO:root:x', 'info'],
  ['\u001b[31mERROR\u001b[0m x', 'error'],
  ['SEVERE: x', 'error'],
  ['TRC x', 'trace'],
  // nothing
  ['', 'unknown'],
  ['there was no error', 'unknown'],
  ['GET /error/ERROR.html', 'unknown'],
  ['INFORMATIONS', 'unknown'],
  ['an error: of somebody', 'unknown'],
  [`${'x'.repeat(2000)} ERROR`, 'unknown'],
];

it.each(lines)('%s', (line, level) => {
  expect(levelOf(line)).toBe(level);
});

it('knows what programs call levels', () => {
  expect(['WARNING', 'err', 'constructor', 'unknown'].map(levelNamed)).toEqual([
    'warn',
    'error',
    undefined,
    undefined,
  ]);
});

it('takes no time over what was made to take time', () => {
  const begun = performance.now();
  for (const text of [
    '"level"'.repeat(1000),
    'level='.repeat(1000),
    '\u001b['.repeat(1000),
    ' '.repeat(1e6),
  ]) {
    for (let times = 0; times < 100; times++) levelOf(`{${text}`);
  }
  expect(performance.now() - begun).toBeLessThan(2000);
});
