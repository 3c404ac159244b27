/** The languages that are measured: of each a sample that comes with the server, and code that never answers. */
import { fileURLToPath } from 'node:url';

export interface Language {
  name: 'nodejs' | 'python' | 'rust';
  /** Installed in every server, and a directory of `samples/functions`. */
  sample: string;
  params: object;
  /** The handler's file of the sample. */
  entry: string;
  /** A function that never answers. */
  endless: string;
  goals: {
    /** Executions per second of sessions that keep their process, with 16 connections. */
    rate: number;
    /** Claim of a sandbox where none is started, in ms. */
    coldMs?: number;
  };
}

export const languages: readonly Language[] = [
  {
    name: 'nodejs',
    sample: 'nodejs-calculator',
    params: { operation: 'add', values: [1, 2, 3] },
    entry: 'index.js',
    endless: 'export default () => { for (;;); };',
    goals: { rate: 3000, coldMs: 150 },
  },
  {
    name: 'python',
    sample: 'python-text-processor',
    params: { operation: 'count', text: 'one two three' },
    entry: 'handler.py',
    endless: 'def handler(params, context):\n    while True:\n        pass\n',
    goals: { rate: 2000, coldMs: 50 },
  },
  {
    name: 'rust',
    sample: 'rust-data-validator',
    params: { data: { age: 20 }, rules: [{ field: 'age', type: 'number', min: 18 }] },
    entry: 'main.rs',
    endless: 'fn handler(_: Value, _: Value) -> Result<Value, String> { loop { std::hint::spin_loop() } }',
    goals: { rate: 2000 },
  },
];

export const sampleDirectory = ({ sample }: Language): string =>
  fileURLToPath(new URL(`../../samples/functions/${sample}`, import.meta.url));
