/** Functions in JavaScript, on the Node.js that runs this server. */
import type { Runtime } from '../../core/ports/runtime.ts';
import { nodeAvailability, nodeLaunch, nodeProgram } from './launch.ts';

const LAUNCHER = 'nodejs/launcher.mjs';
/** Besides JavaScript's heap: the program itself, buffers, compiled code. */
const BESIDE_HEAP_BYTES = 48 << 20;

export const nodejsRuntime: Runtime = {
  name: 'nodejs',
  sourceFile: 'index.js',
  availability: () => nodeAvailability(LAUNCHER, process.version),
  program: () => [nodeProgram()],
  launch: (memoryBytes) => ({
    ...nodeLaunch(LAUNCHER, memoryBytes - BESIDE_HEAP_BYTES),
    // The tenth time is still slower than the twentieth.
    rehearsals: 20,
  }),
};
