import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type Log = Logger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** JSON lines on standard error, so that standard output stays free for what a command answers. */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Log {
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
