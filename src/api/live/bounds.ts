import type { ExecBounds } from '../sockets/exec-stream.ts';

/** How much of everything there may be. Times in milliseconds. */
export interface LiveBounds extends ExecBounds {
  connections: number;
  connectionsPerCaller: number;
  messagesPerSecond: number;
  subscriptions: number;
  /** Of one connection, that wait for those before them: beyond either, nothing more is read. */
  waitingMessages: number;
  waitingBytes: number;
  authenticationMs: number;
}

export const defaultBounds: LiveBounds = {
  connections: 1000,
  connectionsPerCaller: 100,
  messagesPerSecond: 100,
  subscriptions: 50,
  waitingMessages: 32,
  waitingBytes: 256 * 1024,
  bufferedBytes: 1024 * 1024,
  authenticationMs: 10_000,
  heartbeatMs: 30_000,
  closingMs: 2000,
  execIdleMs: 20 * 60_000,
  execTotalMs: 8 * 3_600_000,
  execSessions: 50,
};
