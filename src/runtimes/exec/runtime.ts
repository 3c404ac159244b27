/** Functions that are programs: a script with its interpreter in the first line, or a binary. */
import type { Runtime } from '../../core/ports/runtime.ts';
import { nodeAvailability, nodeLaunch } from '../nodejs/launch.ts';

const LAUNCHER = 'exec/launcher.mjs';
/** The launcher's own; the rest is the program's. It holds params and result as text and as values. */
const HEAP_BYTES = 48 << 20;

export const execRuntime: Runtime = {
  name: 'exec',
  sourceFile: 'main',
  availability: () => nodeAvailability(LAUNCHER, `${process.platform}-${process.arch}`),
  launch: () => nodeLaunch(LAUNCHER, HEAP_BYTES),
};
