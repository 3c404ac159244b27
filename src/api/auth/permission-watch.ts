/** What is served for long is served for as long as its caller may have it. */
import { AppError } from '../../core/errors.ts';
import type { Clock, Timer } from '../../core/ports/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import { isBadCredential } from './bad-credential.ts';

export interface PermissionWatch {
  clock: Clock;
  everyMs: number;
  log: Log;
  /** Rejects where the caller may not have it any more, or where that could not be found out. */
  require: () => Promise<void>;
  /** Called where it may not; the watch goes on until it is cancelled. */
  end: (refusal: AppError) => void;
}

export const permissionWatchMs = 30_000;

/** What cannot be found out just now is asked again the next time. */
export function watchPermission({ clock, everyMs, log, require, end }: PermissionWatch): Timer {
  let timer: Timer;
  const wait = () => {
    timer = clock.after(everyMs, () => {
      wait();
      require().catch((error: unknown) => {
        if (isRefusal(error)) end(error);
        else log.warn({ err: error }, 'the right to a stream could not be checked again');
      });
    });
  };
  wait();
  return { cancel: () => timer.cancel() };
}

/** Whether the caller may not, and not we who could not tell. */
export function isRefusal(error: unknown): error is AppError {
  if (!(error instanceof AppError)) return false;
  return isBadCredential(error) || error.code === 'Forbidden' || error.code === 'ResourceNotFound';
}
