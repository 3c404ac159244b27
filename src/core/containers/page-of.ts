import type { Page, PageQuery } from '../ports/page.ts';

/** One page of what the caller may see, with how many that are. */
export function pageOf<T>(all: readonly T[], { limit, offset = 0 }: PageQuery): Page<T> {
  return { total: all.length, items: all.slice(offset, limit === undefined ? undefined : offset + limit) };
}
