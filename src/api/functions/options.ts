/** What the routes of the functions face are built with. */
import type { FunctionsCore } from '../../core/functions/context.ts';
import type { Log } from '../../telemetry/log.ts';

export interface FunctionsFaceOptions {
  core: FunctionsCore;
  log: Log;
}

export const prefix = '/api/v1';
export const tags = ['functions'];
