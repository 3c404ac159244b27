/**
 * Machine code that makes system calls for attacks, so that no language's library stands between. One small file for
 * x86-64: as a program it runs its code and exits, as a shared library it runs it while it is loaded.
 */

/** Number and up to six arguments. */
export type SystemCall = readonly [number, ...number[]];

/** Of one call in the file: number, six arguments, and room for the answer. */
export const RECORD_BYTES = 64;

/** What the code reads from descriptor 0, which it also writes the answers to. */
export function callRecords(calls: readonly SystemCall[]): Buffer {
  const records = Buffer.alloc(calls.length * RECORD_BYTES);
  for (const [index, call] of calls.entries()) {
    for (const [place, value] of call.entries())
      records.writeBigInt64LE(BigInt(value), index * RECORD_BYTES + place * 8);
  }
  return records;
}

// Until fewer than 56 bytes are read: loads number and arguments, calls, and writes the answer behind them.
const CALLS = `
  48 83 ec 40                   sub rsp, 64
  31 c0 31 ff 48 89 e6          read(0, rsp, 56)
  ba 38 00 00 00 0f 05
  48 83 f8 38 75 3e             other than 56: to the end
  48 8b 04 24 48 8b 7c 24 08    rax, rdi
  48 8b 74 24 10 48 8b 54 24 18 rsi, rdx
  4c 8b 54 24 20 4c 8b 44 24 28 r10, r8
  4c 8b 4c 24 30 0f 05          r9, call
  48 89 44 24 38                the answer
  b8 01 00 00 00 31 ff          write(0, rsp + 56, 8)
  48 8d 74 24 38
  ba 08 00 00 00 0f 05
  eb ae                         again
  48 83 c4 40 c3                return`;
const CALL_AND_EXIT = `
  e8 00 00 00 00                calls
  b8 3c 00 00 00 31 ff 0f 05    exit(0)`;

const bytesOf = (listing: string) =>
  Buffer.from(
    listing
      .split('\n')
      .map((line) => line.slice(2, 32))
      .join('')
      .replaceAll(' ', ''),
    'hex',
  );

const HEADERS_END = 64 + 3 * 56;
const DYNAMIC_BYTES = 6 * 16;
const SYMBOLS = HEADERS_END + DYNAMIC_BYTES;
const STRINGS = SYMBOLS + 24;
const CODE = STRINGS + 8;

/** An ELF file (System V ABI, chapters 4 and 5): a shared object that has an entry point too. */
export function nativeCode(): Buffer {
  const calls = bytesOf(CALLS);
  const entry = bytesOf(CALL_AND_EXIT);
  entry.writeInt32LE(-(calls.length + 5), 1);
  const file = Buffer.alloc(CODE + calls.length + entry.length);
  const words = (at: number, values: readonly number[]) =>
    values.forEach((value, index) => file.writeBigUInt64LE(BigInt(value), at + index * 8));
  file.set(Buffer.from('7f454c46020101', 'hex'));
  // Shared object, x86-64, version 1; where the entry and the program headers are.
  file.set(Buffer.from('03003e0001000000', 'hex'), 16);
  words(24, [CODE + calls.length, 64, 0]);
  file.set(Buffer.from('00000000400038000300400000000000', 'hex'), 48);
  const segment = (index: number, type: number, flags: number, offset: number, bytes: number) => {
    const at = 64 + index * 56;
    file.writeUInt32LE(type, at);
    file.writeUInt32LE(flags, at + 4);
    words(at + 8, [offset, offset, offset, bytes, bytes, type === 1 ? 0x1000 : 8]);
  };
  segment(0, 1, 7, 0, file.length); // PT_LOAD
  segment(1, 2, 6, HEADERS_END, DYNAMIC_BYTES); // PT_DYNAMIC
  segment(2, 0x6474e551, 6, 0, 0); // PT_GNU_STACK: not executable
  // DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_INIT, DT_NULL
  words(HEADERS_END, [5, STRINGS, 6, SYMBOLS, 10, 1, 11, 24, 12, CODE, 0, 0]);
  file.set(calls, CODE);
  file.set(entry, CODE + calls.length);
  return file;
}
