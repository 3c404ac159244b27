/** What a benchmark has measured, and how it is told: a table, or with `--json` one object per line and figure. */
import { availableParallelism, loadavg, release } from 'node:os';

/** As printed with `--json`. `runs`, `min` and `max` are of the samples, one per round. */
export interface Figure {
  figure: string;
  value: number;
  unit: string;
  runs: number;
  min: number;
  max: number;
}

interface Row extends Figure {
  goal?: Goal | undefined;
}

export class Figures {
  readonly #rows: Row[] = [];
  readonly #loadAtStart = loadavg()[0]!;

  /** `value`: where it is not the median of `samples`. */
  put(
    figure: string,
    unit: string,
    samples: readonly number[],
    more: { value?: number; goal?: Goal } = {},
  ): void {
    this.#rows.push({ ...summary(figure, unit, samples, more.value), goal: more.goal });
  }

  /** The process ends with 1 where a goal is missed. */
  print(title: string, json: boolean): void {
    const end = loadavg()[0]!;
    if (this.#rows.some(({ value, goal }) => !isMet(value, goal))) process.exitCode = 1;
    if (json) {
      const machine = [
        summary('machine cores', 'cores', [availableParallelism()]),
        summary('machine load at start', 'load', [this.#loadAtStart]),
        summary('machine load at end', 'load', [end]),
      ];
      const withoutGoal = this.#rows.map((row) => ({ ...row, goal: undefined }));
      for (const row of [...withoutGoal, ...machine]) process.stdout.write(`${JSON.stringify(row)}\n`);
      return;
    }
    process.stdout.write(
      `${title}: ${availableParallelism()} cores, Linux ${release()}, Node ${process.version}, ` +
        `load ${this.#loadAtStart.toFixed(1)} at start, ${end.toFixed(1)} at end\n\n` +
        table(this.#rows),
    );
  }
}

/** What the median should be at most or at least. */
export interface Goal {
  atMost?: number;
  atLeast?: number;
}

/** 0 < `share` < 1. Nearest rank, so that the answer is a value that was seen. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('no values to take a percentile of');
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new Error('no values to take a median of');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function summary(figure: string, unit: string, values: readonly number[], value = median(values)): Figure {
  return {
    figure,
    value: rounded(value),
    unit,
    runs: values.length,
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}

/** Four digits say all that such a measurement knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function table(rows: readonly Row[]): string {
  const lines = [
    ['figure', 'median', 'unit', 'min', 'max', 'runs', 'goal'],
    ...rows.map((row) => [
      row.figure,
      shown(row.value),
      row.unit,
      shown(row.min),
      shown(row.max),
      String(row.runs),
      verdict(row.value, row.goal),
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const leftAligned = new Set([0, 2, 6]);
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          leftAligned.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function shown(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(value);
}

const isMet = (value: number, { atMost = Infinity, atLeast = -Infinity }: Goal = {}): boolean =>
  value <= atMost && value >= atLeast;

function verdict(value: number, goal: Goal | undefined): string {
  if (goal === undefined) return '';
  const bound = goal.atMost !== undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
  return `${isMet(value, goal) ? 'met' : 'MISSED'}: ${bound}`;
}
