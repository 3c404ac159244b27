/** What the routes of the containers face are built with. */
import type { ContainersCore } from '../../core/containers/context.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { FrontDoorOptions } from '../auth/front-door.ts';

export interface ContainersFaceOptions {
  core: ContainersCore;
  /** For streams, whose callers are asked again whether they still may. */
  door: Pick<FrontDoorOptions, 'mode' | 'methods'>;
  clock: Clock;
  log: Log;
}

export const prefix = '/api/v1';
