/** The registry of languages. To add one: a folder, a line here, `runtimeConformance(…)` in its tests. */
import type { Runtime } from '../core/ports/runtime.ts';
import { execRuntime } from './exec/runtime.ts';
import { nodejsRuntime } from './nodejs/runtime.ts';
import { pythonRuntime } from './python/runtime.ts';
import { rustRuntime } from './rust/runtime.ts';
import { wasmRuntime } from './wasm/runtime.ts';

export const createRuntimes = (): Runtime[] => [
  nodejsRuntime,
  pythonRuntime(),
  rustRuntime(),
  execRuntime,
  wasmRuntime,
];
