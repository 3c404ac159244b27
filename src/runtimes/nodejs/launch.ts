/** Launchers that run on the Node.js that runs this server, in whatever language their functions are. */
import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Launch, RuntimeAvailability } from '../../core/ports/runtime.ts';
import { filesOf } from '../../linux/programs.ts';

const MIB = 1 << 20;
const SERVING = 'nodejs/serving.mjs';

// Shipped as source: the path is the same from src/ and from dist/.
const outside = (path: string) => fileURLToPath(new URL(`../../../src/runtimes/${path}`, import.meta.url));
const inside = (path: string) => `/launcher/${path}`;

export const nodeProgram = (): string => realpathSync(process.execPath);

/** `launcher`: below src/runtimes. */
export async function nodeAvailability(launcher: string, version: string): Promise<RuntimeAvailability> {
  try {
    await realpath(process.execPath);
    for (const path of [launcher, SERVING]) await realpath(outside(path));
    return { available: true, version };
  } catch (error) {
    return { available: false, reason: (error as Error).message, fix: 'install longshore again' };
  }
}

/** `heapBytes`: for objects of JavaScript. */
export function nodeLaunch(launcher: string, heapBytes: number): Launch {
  const program = nodeProgram();
  const heap = Math.max(16, Math.floor(heapBytes / MIB));
  return {
    argv: [program, `--max-old-space-size=${heap}`, inside(launcher)],
    // Four threads for file operations are more than a function with a share of one core needs.
    environment: { UV_THREADPOOL_SIZE: '2', NODE_NO_WARNINGS: '1' },
    files: Object.fromEntries([launcher, SERVING].map((path) => [inside(path), outside(path)])),
    directories: filesOf(program),
  };
}
