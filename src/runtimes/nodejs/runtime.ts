/** Functions in JavaScript, on the Node.js that runs this server. */
import { realpath } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '../../core/ports/runtime.ts';

// Shipped as source: the path is the same from src/ and from dist/.
const LAUNCHER = fileURLToPath(new URL('../../../src/runtimes/nodejs/launcher.mjs', import.meta.url));
const INSIDE = '/launcher/nodejs.mjs';
const MIB = 1 << 20;
/** Besides JavaScript's heap: the program itself, buffers, compiled code. */
const BESIDE_HEAP = 48 * MIB;

export const nodejsRuntime: Runtime = {
  name: 'nodejs',
  sourceFile: 'index.js',

  async availability() {
    try {
      await realpath(process.execPath);
      await realpath(LAUNCHER);
      return { available: true, version: process.version };
    } catch (error) {
      return { available: false, reason: (error as Error).message, fix: 'install longshore again' };
    }
  },

  program: () => [realpathSync(process.execPath)],

  launch(memoryBytes) {
    const program = realpathSync(process.execPath);
    const heap = Math.max(16, Math.floor((memoryBytes - BESIDE_HEAP) / MIB));
    return {
      argv: [program, `--max-old-space-size=${heap}`, INSIDE],
      // Four threads for file operations are more than a function with a share of one core needs.
      environment: { UV_THREADPOOL_SIZE: '2', NODE_NO_WARNINGS: '1' },
      files: { [INSIDE]: LAUNCHER },
      directories: program.startsWith('/usr/') ? [] : [dirname(dirname(program))],
    };
  },
};
