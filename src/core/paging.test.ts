import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPage, type PageRequest } from './paging.ts';
import type { Query, ReadTable } from './ports/store.ts';

type Row = { id: string };

/** As many rows as a store would find, in order. */
function tableOf(rows: Row[]): ReadTable<Row> {
  const find = async ({ after, limit }: Query) =>
    rows.filter(({ id }) => after === undefined || id > String(after)).slice(0, limit);
  return { find } as Partial<ReadTable<Row>> as ReadTable<Row>;
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: String(index).padStart(4, '0') }));

const ask = (table: ReadTable<Row>, page: Partial<PageRequest>) =>
  readPage(table, {}, (row) => row.id, { question: ['List', 'default'], limit: 100, ...page });

it('yields each record once and in order, whatever the page size', async () => {
  const sizes = fc.integer({ min: 1, max: 100 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 250 }), sizes, async (count, maxResults) => {
      const table = tableOf(rows(count));
      const seen: Row[] = [];
      let nextToken: string | undefined;
      let pages = 0;
      do {
        const page = await ask(table, { maxResults, nextToken });
        expect(page.records.length).toBeLessThanOrEqual(maxResults);
        seen.push(...page.records);
        ({ nextToken } = page);
        pages++;
      } while (nextToken !== undefined);
      expect(seen).toEqual(rows(count));
      expect(pages).toBe(Math.max(1, Math.ceil(count / maxResults)));
    }),
    { numRuns: 50 },
  );
});

it('refuses the token of another question, and what never was a token', async () => {
  const table = tableOf(rows(5));
  const { nextToken } = await ask(table, { maxResults: 2 });
  expect(nextToken).toMatch(/^[\w-]+$/);
  const garbage = fc.oneof(
    fc.string(),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
  );
  await expect(ask(table, { question: ['List', 'other'], nextToken })).rejects.toThrow('Invalid token');
  await fc.assert(
    fc.asyncProperty(garbage, async (token) => {
      await expect(ask(table, { nextToken: token })).rejects.toMatchObject({ code: 'InvalidParameter' });
    }),
  );
});

it.each([0, -1, 101])('refuses pages of %d', async (maxResults) => {
  await expect(ask(tableOf([]), { maxResults })).rejects.toThrow('maxResults must be between 1 and 100.');
});
