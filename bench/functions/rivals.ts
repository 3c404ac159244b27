/** Other ways to run the same function behind HTTP. None has keys, validation, limits or a sandbox. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../harness/cleanup.ts';
import { startPeer } from '../harness/peer.ts';
import { sampleDirectory, type Language } from './language.ts';
import { startWorkerd } from './workerd.ts';

export interface Rival {
  kind: string;
  port: number;
  /** For each request. */
  startsProcesses: boolean;
}

export async function startRivals(cleanup: Cleanup, language: Language): Promise<Rival[]> {
  const handler = join(sampleDirectory(language), language.entry);
  const interpreter = interpreters[language.name];
  const rivals: Rival[] = [];
  if (interpreter !== undefined) {
    const { port } = await startPeer(cleanup, 'process-per-call', { argv: [...interpreter, handler] });
    rivals.push({ kind: 'process per call', port, startsProcesses: true });
  }
  if (language.name === 'nodejs') {
    const { port } = await startPeer(cleanup, 'runtime-api-loop', { handler });
    rivals.push({ kind: 'runtime API loop', port, startsProcesses: false });
    const workerd = await startWorkerd(cleanup, handler);
    if (workerd !== undefined) rivals.push({ kind: 'workerd', port: workerd, startsProcesses: false });
  }
  return rivals;
}

const program = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

/** What runs a handler's file once. A program in Rust is no interpreter's, and starts as fast as any process. */
const interpreters: Partial<Record<Language['name'], readonly string[]>> = {
  nodejs: [process.execPath, program('one-call.mjs')],
  python: ['python3', program('one-call.py')],
};
