/** A load and what it cost the server, and how such measurements are told. */
import type { Figures } from './figures.ts';
import type { LoadResult } from './http-load.ts';

export interface Cell extends LoadResult {
  /** Of the server, per request. */
  cpuMicroseconds: number;
}

/** `named`: what the figure `rps`, say, of these is called. */
export function putCells(figures: Figures, named: (figure: string) => string, cells: readonly Cell[]): void {
  const put = (figure: string, unit: string, key: keyof Cell) =>
    figures.put(
      named(figure),
      unit,
      cells.map((cell) => cell[key]),
    );
  put('rps', 'requests/s', 'requestsPerSecond');
  put('p50', 'ms', 'p50Ms');
  put('p99', 'ms', 'p99Ms');
  put('cpu per request', 'µs', 'cpuMicroseconds');
}
