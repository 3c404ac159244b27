/** Queries that say something wrong: each wrong member is named, all of them at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Suite } from '../suite.ts';

const RUNS = process.env['LONGSHORE_LONG'] === '1' ? 10_000 : 200;

type Refusal = [query: string, fields: string[]];

const pages: Refusal[] = [
  ['limit=0', ['limit']],
  ['limit=1001', ['limit']],
  ['limit=ten', ['limit']],
  ['limit=1.5', ['limit']],
  ['limit=1e2', ['limit']],
  ['limit=', ['limit']],
  ['limit=0x10', ['limit']],
  ['limit=99999999999999999999', ['limit']],
  ['offset=-1', ['offset']],
  ['offset=NaN', ['offset']],
  ['limit=1&limit=2', ['limit']],
  ['lmiit=1', ['lmiit']],
];

const subjects: [route: string, method: string, refusals: Refusal[]][] = [
  [
    '/containers',
    'GET',
    [
      ...pages,
      ['status=nonsense', ['status']],
      ['status=running,nonsense', ['status']],
      ['status=constructor', ['status']],
      ['status=', ['status']],
      ['sort=size', ['sort']],
      ['sort=__proto__', ['sort']],
      ['name=%00', ['name']],
      ['status=x&limit=x&offset=x', ['limit', 'offset', 'status']],
    ],
  ],
  ['/images', 'GET', [...pages, ['dangling=maybe', ['dangling']]]],
  ['/volumes', 'GET', [...pages, ['unused=maybe', ['unused']]]],
  ['/networks', 'GET', pages],
  ['/jobs', 'GET', pages],
  [
    '/containers/any/logs',
    'GET',
    [
      ['tail=-1', ['tail']],
      ['tail=junk', ['tail']],
      ['tail=1.5', ['tail']],
      ['tail=10001', ['tail']],
      ['since=yesterday', ['since']],
      ['since=2025-13-45', ['since']],
      ['since=2025-02-30', ['since']],
      ['since=-5', ['since']],
      ['until=', ['until']],
      ['since=10m&until=1h', ['until']],
      ['after=x&tail=5', ['after']],
      ['stdout=false&stderr=false', ['stdout']],
      ['format=xml', ['format']],
      ['follow=maybe', ['follow']],
      ['tail=x&since=x&until=x', ['since', 'tail', 'until']],
    ],
  ],
  [
    '/containers/any/stop',
    'POST',
    [
      ['timeout=-1', ['timeout']],
      ['timeout=soon', ['timeout']],
      ['timeout=86401', ['timeout']],
      ['signal=%3B%20rm', ['signal']],
      ['signal=0', ['signal']],
      ['force=maybe', ['force']],
      ['tiemout=1', ['tiemout']],
    ],
  ],
  ['/containers/any/kill', 'POST', [['signal=sigkill', ['signal']]]],
  ['/containers/any/start', 'POST', [['timeout=1', ['timeout']]]],
  ['/containers/any/pause', 'POST', [['force=maybe', ['force']]]],
  [
    '/containers/any',
    'DELETE',
    [
      ['force=maybe', ['force']],
      ['volumes=all', ['volumes']],
      ['v=1', ['v']],
    ],
  ],
  ['/images/any', 'DELETE', [['force=2&noprune=x', ['force', 'noprune']]]],
  ['/volumes/any', 'DELETE', [['force=2', ['force']]]],
  ['/metrics/containers/any', 'GET', [['stream=maybe', ['stream']]]],
  [
    '/events',
    'GET',
    [
      ['kind=task', ['kind']],
      ['since=tomorrow', ['since']],
    ],
  ],
  [
    '/containers/prune',
    'POST',
    [
      ['preview=maybe', ['preview']],
      ['before=x', ['before']],
      ['all=true', ['all']],
    ],
  ],
];

export function refusedQueryCases({ client }: Suite): void {
  describe.each(subjects)('%s', (route, method, refusals) => {
    it.each(refusals)('%s', async (query, fields) => {
      expect((await client.refused(400, method, `${route}?${query}`)).sort()).toEqual(fields);
    });
  });

  it.each([
    'status=all',
    'status=stopped,running',
    'limit=1000&offset=5',
    'sort=-created',
    'name=a&label=b&q=c',
  ])('takes %s', async (query) => {
    expect(await client.data('GET', `/containers?${query}`)).toMatchObject({ items: [] });
  });

  it('nothing that a query may say is more than refused', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer().map(String),
      fc.constantFrom('all', '', '1e400'),
    );
    const names = ['limit', 'offset', 'status', 'sort', 'label', 'tail', 'since', 'until', 'after', 'search'];
    const query = fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1, maxKeys: 4 });
    const route = fc.constantFrom('/containers', '/images', '/containers/any/logs', '/jobs', '/volumes');
    await fc.assert(
      fc.asyncProperty(route, query, async (path, members) => {
        const { status } = await client.call('GET', `${path}?${new URLSearchParams(members).toString()}`);
        expect([200, 400, 404]).toContain(status);
      }),
      { numRuns: RUNS },
    );
  });
}
