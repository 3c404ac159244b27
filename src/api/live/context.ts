/** What every connection shares with the others. */
import type { AuditLog } from '../../core/ports/audit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Core } from '../../core/context.ts';
import type { Principal } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Authentication } from './authentication.ts';
import type { LiveBounds } from './bounds.ts';
import type { EventFeed, EventSubscriber } from './event-feed.ts';
import type { ExecSessions } from './exec-sessions.ts';
import type { Utilization } from './utilization.ts';

/** A connection, as the others need to know it. */
export interface Peer extends EventSubscriber {
  /** Says why, and closes. */
  disconnect(reason: string): void;
  terminate(): void;
}

export interface LiveContext {
  readonly core: Core;
  readonly clock: Clock;
  readonly region: string;
  readonly version: string;
  readonly log: Log;
  readonly audit: AuditLog | undefined;
  readonly bounds: LiveBounds;
  readonly authentication: Authentication;
  readonly feed: EventFeed;
  readonly exec: ExecSessions;
  readonly utilization: Utilization;
  /** Counts the connection as this caller's. False where it has too many. */
  take(connection: Peer, principal: Principal): boolean;
  /** It is closed. */
  release(connection: Peer): void;
}
