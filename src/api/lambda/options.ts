/** What the routes of the Lambda face are built with. */
import type { FunctionsCore } from '../../core/functions/context.ts';
import type { Scope } from '../../core/scopes.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RouteAccess } from '../access.ts';
import type { FrontDoorOptions } from '../auth/front-door.ts';

export interface LambdaFaceOptions {
  core: FunctionsCore;
  /** Of requests that are not signed for one. */
  region: string;
  log: Log;
  /** Asked again before an event is executed. */
  door: Pick<FrontDoorOptions, 'mode' | 'methods'>;
}

export const path = '/2015-03-31/functions';
export const tags = ['lambda'];

export const access = (scope: Scope, operation: string): { access: RouteAccess } => ({
  access: { face: 'lambda', scope, operation, limit: 'functions' },
});
