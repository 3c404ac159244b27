/** One page of a list, and how many there are over all pages. */
export interface Page<T> {
  total: number;
  items: T[];
}

export interface PageQuery {
  /** Absent: all. */
  limit?: number;
  /** How many are left out before the first. */
  offset?: number;
}
