import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection, type Driver } from './driver.ts';
import { resultCode, SQLITE_BUSY } from './storage-failure.ts';

/**
 * Keeps a data directory to one process. Node offers no file lock, SQLite does: an exclusive transaction on a file of
 * its own, which the kernel gives up with the process, however it ends.
 */
export interface DirectoryLock {
  release(): void;
}

/** Throws, with the pid of the holder, when the directory is in use. Makes the directory (0700) where there is none. */
export function lockDirectory(driver: Driver, directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pidFile = join(directory, 'lock.pid');
  const lockFile = join(directory, 'lock.db');
  createPrivately(lockFile);
  const connection = new Connection(driver, lockFile);
  try {
    connection.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    connection.close();
    if (resultCode(error) !== SQLITE_BUSY) throw error;
    throw new Error(
      `The data directory ${directory} is in use by another Longshore process (pid ${holder(pidFile)}). ` +
        'Stop that one first, or choose another data directory.',
      { cause: error },
    );
  }
  return {
    release() {
      rmSync(pidFile, { force: true });
      connection.close();
    },
  };
}

/**
 * Makes the file readable by its owner only. An existing one is never opened here: closing any descriptor of a file
 * gives up every POSIX lock this process has on it, SQLite's too.
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}

function holder(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim() || 'unknown';
  } catch {
    // The holder writes it right after taking the lock.
    return 'unknown';
  }
}
