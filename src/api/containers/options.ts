/** What the routes of the containers face are built with. */
import type { ContainersCore } from '../../core/containers/context.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { AuditLog } from '../../core/ports/audit.ts';
import type { ConnectionEntry } from '../auth/connection-entry.ts';
import type { FrontDoorOptions } from '../auth/front-door.ts';
import type { ExecSessions } from '../sockets/exec-sessions.ts';
import type { Uploads } from '../uploads.ts';

export interface ContainersFaceOptions {
  core: ContainersCore;
  /** For streams, whose callers are asked again whether they still may. */
  door: Pick<FrontDoorOptions, 'mode' | 'methods'>;
  /** Who comes with a WebSocket. */
  entry: ConnectionEntry;
  sessions: ExecSessions;
  uploads: Uploads;
  /** Absent: nothing is recorded. */
  audit: AuditLog | undefined;
  clock: Clock;
  log: Log;
}

export const prefix = '/api/v1';
