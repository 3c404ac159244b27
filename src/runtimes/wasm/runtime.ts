/** Functions that are WebAssembly modules: commands of WASI, preview 1. */
import type { Runtime } from '../../core/ports/runtime.ts';
import { nodeAvailability, nodeLaunch } from '../nodejs/launch.ts';

const LAUNCHER = 'wasm/launcher.mjs';
/** The launcher's own; the memory of modules is beside it. */
const HEAP_BYTES = 48 << 20;

export const wasmRuntime: Runtime = {
  name: 'wasm',
  sourceFile: 'main.wasm',
  availability: () => nodeAvailability(LAUNCHER, 'wasi_snapshot_preview1'),
  launch: () => nodeLaunch(LAUNCHER, HEAP_BYTES),
};
