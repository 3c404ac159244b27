/** What every connection shares with the others. */
import type { AuditLog } from '../../core/ports/audit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Core } from '../../core/context.ts';
import type { Engine } from '../../core/ports/engine.ts';
import type { Principal } from '../../core/principal.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ConnectionEntry } from '../auth/connection-entry.ts';
import type { LiveBounds } from './bounds.ts';
import type { EventFeed, EventSubscriber } from './event-feed.ts';
import type { ExecOffers } from './exec-offers.ts';
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
  readonly engine: Pick<Engine, 'exec'>;
  readonly authentication: ConnectionEntry;
  readonly feed: EventFeed;
  readonly exec: ExecOffers;
  readonly utilization: Utilization;
  /** Counts the connection as this caller's. False where it has too many. */
  take(connection: Peer, principal: Principal): boolean;
  /** It is closed. */
  release(connection: Peer): void;
}
