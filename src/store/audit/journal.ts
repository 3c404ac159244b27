/**
 * Lines of text in numbered files, appended only. A file that is full is left as it is and the next one is begun; of
 * more files than are kept, the oldest goes.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface JournalOptions {
  /** Must be there. */
  directory: string;
  /** Files are `<name>.<number>.jsonl`. */
  name: string;
  /** A file never grows beyond this, but for a single write that is larger by itself. */
  maxFileBytes: number;
  maxFiles: number;
}

export class Journal {
  readonly #options: JournalOptions;
  #number: number;
  #file: number;
  #size: number;

  /** Goes on with the newest file. What a crash left of a line there stays, with a line break after it. */
  constructor(options: JournalOptions) {
    this.#options = options;
    this.#number = journalNumbers(options.directory, options.name)[0] ?? 1;
    [this.#file, this.#size] = openForAppend(this.#path());
    if (this.#size > 0 && lastByte(this.#file, this.#size) !== lineFeed) this.append('\n');
    this.#removeOldest();
  }

  /** In one write. Throws what the file system says, with nothing of the text left behind. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#size > 0 && this.#size + bytes.length > this.#options.maxFileBytes) this.#turn();
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(this.#file, bytes, written);
      this.#size += bytes.length;
    } catch (error) {
      ftruncateSync(this.#file, this.#size);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #turn(): void {
    const [file, size] = openForAppend(
      join(this.#options.directory, fileName(this.#options.name, this.#number + 1)),
    );
    closeSync(this.#file);
    [this.#file, this.#size] = [file, size];
    this.#number++;
    this.#removeOldest();
  }

  #removeOldest(): void {
    const { directory, name, maxFiles } = this.#options;
    for (const number of journalNumbers(directory, name).slice(maxFiles)) {
      rmSync(join(directory, fileName(name, number)), { force: true });
    }
  }

  #path(): string {
    return join(this.#options.directory, fileName(this.#options.name, this.#number));
  }
}

export const fileName = (name: string, number: number) => `${name}.${String(number).padStart(6, '0')}.jsonl`;

/** Of the files that are there, newest first. */
export function journalNumbers(directory: string, name: string): number[] {
  const pattern = new RegExp(`^${name}\\.(\\d{6,15})\\.jsonl$`);
  return readdirSync(directory)
    .flatMap((file) => pattern.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

const lineFeed = 0x0a;

/** For this user only; a link that somebody put in its place is not followed. */
function openForAppend(path: string): [file: number, size: number] {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  return [file, fstatSync(file).size];
}

function lastByte(file: number, size: number): number | undefined {
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, size - 1);
  return byte[0];
}
