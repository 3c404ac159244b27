import { expect, it } from 'vitest';
import { withSystemDirectories } from './programs.ts';

it.each([
  ['/opt/node/bin', '/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['/bin:/opt/node/bin', '/bin:/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin'],
  [':', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  [undefined, '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
])('finds the system after PATH=%s', (path, all) => {
  expect(withSystemDirectories(path)).toBe(all);
  expect(withSystemDirectories(all)).toBe(all);
});
