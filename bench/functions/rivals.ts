/** Other ways to run the same function behind HTTP. None has keys, validation, limits or a sandbox. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../src/linux/programs.ts';
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
  const interpreter = await interpreterOf(language);
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

/** What runs a handler's file once, with the interpreter and the flags of ours. A program in Rust needs none. */
async function interpreterOf({ name }: Language): Promise<readonly string[] | undefined> {
  if (name === 'nodejs') return [process.execPath, program('one-call.mjs')];
  if (name === 'python') return [(await findProgram('python3'))!, '-I', '-S', '-B', program('one-call.py')];
  return undefined;
}
