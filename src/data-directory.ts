/** The data directory: made for this user only where there is none, with the id that marks everything this server makes. */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface DataDirectory {
  path: string;
  /** 32 hexadecimal digits, the same for as long as the directory lives. */
  machineId: string;
  /** Its first six: carried by containers, namespaces and rules, so that servers side by side stay apart. */
  owner: string;
}

export function openDataDirectory(path: string): DataDirectory {
  makeDirectory(path);
  const machineId = readId(join(path, 'machine-id')) ?? newId(join(path, 'machine-id'))!;
  return { path, machineId, owner: machineId.slice(0, 6) };
}

/** One level at a time: Node's own recursion never ends where directories cannot be made at all, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    const reason = (error as Error).message;
    throw new Error(`cannot make the data directory ${path}: ${reason}; choose another with --data-dir`);
  }
}

function readId(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (!/^[0-9a-f]{32}$/.test(text))
      throw new Error(`${file} is damaged: it must hold 32 hexadecimal digits`);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of two servers that start at once the first one names the machine; the other takes that name. */
function newId(file: string): string | undefined {
  const id = randomBytes(16).toString('hex');
  const draft = `${file}.${id}`;
  try {
    writeFileSync(draft, `${id}\n`, { mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readId(file);
}
