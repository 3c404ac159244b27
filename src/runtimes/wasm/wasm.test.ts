import { afterAll, beforeAll, expect, it } from 'vitest';
import loadWabt from 'wabt';
import { openTestPool } from '../../../test/fixtures/sandbox-pool.ts';
import { failureOf } from '../../../test/fixtures/attack-trial.ts';
import type { SandboxPool } from '../../core/ports/sandbox.ts';
import { runtimeConformance } from '../conformance.ts';
import { wasmRuntime } from './runtime.ts';

const wabt = await loadWabt();
const compiled = (text: string): string =>
  Buffer.from(wabt.parseWat('test.wat', text).toBinary({}).buffer).toString('base64');

/** A command whose `_start` is `body`. Text at 1024, input from 65536 on, numbers of WASI below 64. */
const command = (body: string, text = '') =>
  compiled(`(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 100)
  (data (i32.const 1024) "${text}")
  (func $read (param $fd i32) (result i32) (local $size i32)
    (loop $more
      (i32.store (i32.const 0) (i32.add (i32.const 65536) (local.get $size)))
      (i32.store (i32.const 4) (i32.const 65536))
      (drop (call $fd_read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $size (i32.add (local.get $size) (i32.load (i32.const 8))))
      (br_if $more (i32.load (i32.const 8))))
    (local.get $size))
  (func $write (param $fd i32) (param $at i32) (param $size i32)
    (loop $more
      (i32.store (i32.const 0) (local.get $at))
      (i32.store (i32.const 4) (local.get $size))
      (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
      (local.set $size (i32.sub (local.get $size) (i32.load (i32.const 8))))
      (br_if $more (local.get $size))))
  (func $number (result i32) (local $at i32) (local $end i32) (local $digit i32) (local $found i32)
    (local.set $at (i32.const 65536))
    (local.set $end (i32.add (local.get $at) (call $read (i32.const 0))))
    (loop $more
      (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
      (if (i32.lt_u (local.get $digit) (i32.const 10))
        (then (local.set $found (i32.add (i32.mul (local.get $found) (i32.const 10)) (local.get $digit)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $found))
  (func $open (param $directory i32) (param $size i32) (param $create i32) (result i32)
    (drop (call $path_open (local.get $directory) (i32.const 0) (i32.const 1024) (local.get $size)
      (local.get $create) (i64.const 0x66) (i64.const 0) (local.get $create) (i32.const 16)))
    (i32.load (i32.const 16)))
  (func (export "_start") (local $a i32) (local $b i32) ${body}))`);

const say = (fd: number, text: string) =>
  `(call $write (i32.const ${fd}) (i32.const 1024) (i32.const ${text.length}))`;

runtimeConformance(wasmRuntime, {
  areProcesses: true,
  echo: {
    'a command': command('(call $write (i32.const 1) (i32.const 65536) (call $read (i32.const 0)))'),
  },
  counter: command(
    `(local.set $a (call $open (i32.const 4) (i32.const 5) (i32.const 1)))
    (call $write (local.get $a) (i32.const 1024) (i32.const 1))
    (drop (call $fd_seek (local.get $a) (i64.const 0) (i32.const 2) (i32.const 24)))
    (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (i32.load (i32.const 24))))
    (call $write (i32.const 1) (i32.const 1024) (i32.const 1))`,
    'count',
  ),
  boom: { source: command(`${say(2, 'boom')} (call $exit (i32.const 1))`, 'boom') },
  loadError: compiled(
    '(module (import "env" "missing" (func)) (memory (export "memory") 1) (func (export "_start")))',
  ),
  noHandler: compiled('(module (memory (export "memory") 1))'),
  noJson: command(say(1, 'hello'), 'hello'),
  prints: command(say(2, 'to stderr '), 'to stderr\\n'),
  loop: command('(loop $ever (br $ever))'),
  exits: command('(call $exit (i32.const 3))'),
  // SECRET=hush is four bytes behind the sign, and quoted where it stands.
  environment: command(
    `(drop (call $environ_sizes (i32.const 32) (i32.const 36)))
    (drop (call $environ (i32.const 8192) (i32.const 16384)))
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $a) (i32.load (i32.const 32))))
      (local.set $b (i32.load (i32.add (i32.const 8192) (i32.mul (local.get $a) (i32.const 4)))))
      (if (i64.eq (i64.load (local.get $b)) (i64.load (i32.const 1024)))
        (then
          (i32.store8 (i32.add (local.get $b) (i32.const 6)) (i32.const 34))
          (i32.store8 (i32.add (local.get $b) (i32.const 11)) (i32.const 34))
          (call $write (i32.const 1) (i32.add (local.get $b) (i32.const 6)) (i32.const 6))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (br $next)))`,
    'SECRET=h',
  ),
  twoFiles: {
    'main.wasm': command(
      `(local.set $a (call $open (i32.const 3) (i32.const 14) (i32.const 0)))
      (call $write (i32.const 1) (i32.const 65536) (call $read (local.get $a)))`,
      'lib/other.json',
    ),
    'lib/other.json': '"from the other file"',
  },
  large: command(
    `(local.set $a (call $number))
    (memory.fill (i32.const 65536) (i32.const 120) (local.get $a))
    ${say(1, '"')}
    (call $write (i32.const 1) (i32.const 65536) (local.get $a))
    ${say(1, '"')}`,
    '\\22',
  ),
  deep: command(
    `(local.set $a (call $number))
    (memory.fill (i32.const 65536) (i32.const 91) (local.get $a))
    (memory.fill (i32.add (i32.const 65536) (local.get $a)) (i32.const 93) (local.get $a))
    (call $write (i32.const 1) (i32.const 65536) (i32.mul (local.get $a) (i32.const 2)))`,
  ),
  // Eight letters, each of four bits.
  random: command(
    `(drop (call $random (i32.const 1025) (i32.const 8)))
    (loop $next
      (i32.store8 (i32.add (i32.const 1025) (local.get $a))
        (i32.add (i32.const 97) (i32.and (i32.load8_u (i32.add (i32.const 1025) (local.get $a))) (i32.const 15))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $a) (i32.const 8))))
    (call $write (i32.const 1) (i32.const 1024) (i32.const 10))`,
    '\\22--------\\22',
  ),
});

let pool: SandboxPool;
beforeAll(async () => {
  pool = await openTestPool([wasmRuntime]);
});
afterAll(() => pool.close());

const claim = (source: string, base64: string[] = []) =>
  pool.claim({
    runtime: 'wasm',
    use: { principal: 'user:test', session: 'session' },
    code: { digest: 'test', files: { 'main.wasm': source }, base64, entry: 'main.wasm' },
    environment: {},
    timeoutMs: 20_000,
  });
const invocation = { params: {}, context: {}, timeoutMs: 20_000 };

it('has a memory of its own for each execution, and outlives traps and many executions', async () => {
  // It leaves a file open each time.
  const counting = `(drop (call $open (i32.const 4) (i32.const 1) (i32.const 1)))
    (i32.store8 (i32.const 2048) (i32.add (i32.load8_u (i32.const 2048)) (i32.const 1)))
    (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (i32.load8_u (i32.const 2048))))
    ${say(1, '1')}`;
  const sandbox = await claim(command(counting), ['main.wasm']);
  for (let turn = 0; turn < 1_000; turn += 1) expect((await sandbox.invoke(invocation)).result).toBe(1);
  await sandbox.destroy();
  const trap = await claim(command('unreachable'));
  for (let turn = 0; turn < 3; turn += 1) {
    const error = await failureOf(trap.invoke(invocation));
    expect(error).toMatchObject({ code: 'RUNTIME_ERROR', message: 'RuntimeError: unreachable' });
    expect(trap.alive).toBe(true);
  }
  await trap.destroy();
});

it('does not get out of its directories', async () => {
  // Opened with 0 for an error, the descriptor stays 0: its input is what it reads then.
  const source = command(
    `(i32.store (i32.const 16) (call $path_open (i32.const 4) (i32.const 0) (i32.const 1024) (i32.const 13)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 20)))
    (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (i32.eqz (i32.load (i32.const 16)))))
    ${say(1, '0')}`,
    '../etc/passwd',
  );
  const sandbox = await claim(source);
  expect((await sandbox.invoke(invocation)).result).toBe(0);
  await sandbox.destroy();
});

it('takes no more memory than its sandbox has', async () => {
  const hungry = command(
    `(loop $more
      (local.set $a (memory.grow (i32.const 16)))
      (memory.fill (i32.mul (local.get $a) (i32.const 65536)) (i32.const 1) (i32.const 1048576))
      (br $more))`,
  );
  const sandbox = await claim(hungry);
  expect((await failureOf(sandbox.invoke(invocation))).code).toBe('OUT_OF_MEMORY');
  await sandbox.ended;
});
