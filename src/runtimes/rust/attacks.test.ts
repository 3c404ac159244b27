/** Attacks on the compiler, and by native code on its sandbox. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestArtifacts, prepareKits } from '../../../test/fixtures/artifacts.ts';
import { openTestPool, tracesOf } from '../../../test/fixtures/sandbox-pool.ts';
import type { ArtifactStore } from '../../core/ports/artifacts.ts';
import type { ClaimRequest, SandboxPool } from '../../core/ports/sandbox.ts';
import { SandboxError } from '../../core/ports/sandbox.ts';
import { rustRuntime } from './runtime.ts';

const runtimes = [rustRuntime()];
let artifacts: ArtifactStore;
let pool: SandboxPool & { owner: string };
/** What is kept, apart from this test's. */
let before: string[];

beforeAll(() => prepareKits(runtimes), 300_000);
beforeAll(async () => {
  artifacts = await openTestArtifacts(runtimes);
  pool = await openTestPool(runtimes, { artifacts, compileTimeoutMs: 20_000 });
});
afterAll(async () => {
  await pool.close();
  await artifacts.close();
});
const kept = async () => (await readdir(artifacts.directory)).sort();
beforeEach(async () => {
  before = await kept();
});

const body = (text: string) => `fn handler(params: Value, _: Value) -> Result<Value, String> {\n${text}\n}\n`;
const NOTHING = body('    let _ = params; Ok(Value::Null)');

/** Macros that double what they are given, sixty times over: takes seconds, then all memory. */
const DOUBLING = [
  'macro_rules! m0 { ($($t:tt)*) => { const N: &str = stringify!($($t)*); } }',
  ...Array.from({ length: 60 }, (_, n) => {
    return `macro_rules! m${n + 1} { ($($t:tt)*) => { m${n}! { $($t)* $($t)* } } }`;
  }),
  `m60! { x x x x }\n${NOTHING}`,
].join('\n');

const claim = (source: string, request: Partial<ClaimRequest> = {}, from: SandboxPool = pool) =>
  from.claim({
    runtime: 'rust',
    use: { principal: 'attacker', session: 'attack' },
    code: { digest: 'attack', files: { 'main.rs': source }, entry: 'main.rs' },
    environment: {},
    timeoutMs: 60_000,
    ...request,
  });
const run = async (source: string, params: unknown = {}) => {
  const sandbox = await claim(source);
  const ran = sandbox.invoke({ params, context: {}, timeoutMs: 10_000 });
  return ran.then(({ result }) => result).finally(() => sandbox.destroy());
};
async function failureOf(promise: Promise<unknown>): Promise<SandboxError> {
  const outcome = await promise.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(SandboxError);
  return outcome as SandboxError;
}
const buildersOf = async () => (await tracesOf(pool.owner)).filter((each) => each.includes('builder.mjs'));

describe('a compiler', { timeout: 90_000 }, () => {
  it.each([
    [
      'a macro that calls itself',
      `macro_rules! again { () => { again!() } }\nfn f() { again!() }\n${NOTHING}`,
    ],
    ['a macro that doubles what it is given', DOUBLING],
    [
      'a constant that is computed without end',
      `const ENDLESS: u64 = { let mut n = 0u64; while n < u64::MAX { n += 1; } n };\n${body('    let _ = params; Ok(json!(ENDLESS))')}`,
    ],
    [
      'a huge constant',
      `static HUGE: [u64; 1 << 33] = [1; 1 << 33];\n${body('    let _ = params; Ok(json!(HUGE[3]))')}`,
    ],
    [
      'a type without end',
      `struct S<T>(T);\nfn f<T>(n: u64, t: T) { if n > 0 { f(n - 1, S(t)) } }\n${body('    f(params.as_u64().unwrap_or(1), 0); Ok(Value::Null)')}`,
    ],
    ['output without end', `${'compile_error!("flood");\n'.repeat(30_000)}${NOTHING}`],
    [
      'a procedural macro',
      `extern crate proc_macro;\n#[proc_macro]\npub fn m(t: proc_macro::TokenStream) -> proc_macro::TokenStream { t }\n${NOTHING}`,
    ],
    [
      'what is not stable',
      `#[repr(simd)]\nstruct S(u64);\n#[link_args = "-o/artifacts/x"]\nextern "C" {}\n${NOTHING}`,
    ],
    ['a file of the server', `const F: &str = include_str!("${process.cwd()}/package.json");\n${NOTHING}`],
    ['a device without end', `const F: &[u8] = include_bytes!("/dev/zero");\n${NOTHING}`],
    [
      'another library of that name',
      `#[link(name = "../../../etc/passwd")]\nextern "C" { fn f(); }\n${body('    let _ = params; unsafe { f() }; Ok(Value::Null)')}`,
    ],
  ])('that is given %s refuses it, and leaves nothing behind', async (_, source) => {
    const error = await failureOf(claim(source));
    expect(error.code).toBe('INITIALIZATION_ERROR');
    expect(error.message.length).toBeLessThan(10_000);
    expect((error.position.stack_trace ?? '').length).toBeLessThan(20_000);
    expect(await kept()).toEqual(before);
    expect(await buildersOf()).toEqual([]);
  });

  it('ends at its deadline with all that it started', async () => {
    const hasty = await openTestPool(runtimes, { artifacts, compileTimeoutMs: 50 });
    const error = await failureOf(claim(`${NOTHING}// hasty\n`, {}, hasty));
    expect(error).toMatchObject({
      code: 'INITIALIZATION_ERROR',
      message: 'the code could not be compiled: compiling it takes longer than 0.05 s',
    });
    expect(await kept()).toEqual(before);
    await hasty.close();
    expect(await tracesOf(hasty.owner)).toEqual([]);
  });

  it('goes on for the next claim where one gives up', async () => {
    const source = `${NOTHING}// patient\n`;
    expect((await failureOf(claim(source, { timeoutMs: 50 }))).code).toBe('TIMEOUT');
    await vi.waitFor(async () => expect(await kept()).toHaveLength(before.length + 1), 20_000);
    await (await claim(source)).destroy();
    expect(await kept()).toHaveLength(before.length + 1);
  });

  it('sees its sandbox and nothing of the machine or the server', async () => {
    process.env['LONGSHORE_TEST_CANARY'] = 'canary';
    const seen = await run(
      body(`    let _ = params;
    Ok(json!({
        "users": include_str!("/etc/passwd"),
        "environment": String::from_utf8_lossy(include_bytes!("/proc/self/environ")),
        "canary": option_env!("LONGSHORE_TEST_CANARY"),
    }))`),
    ).finally(() => delete process.env['LONGSHORE_TEST_CANARY']);
    const { users, environment, canary } = seen as Record<string, string>;
    expect(users).toMatch(/^root:x:0:0::\/:\/usr\/sbin\/nologin\nfunction:x:1000/);
    expect(environment).toContain('LONGSHORE_ENTRY=');
    expect(environment).not.toContain('canary');
    expect(canary).toBeNull();
  });

  it('runs once for what is asked several times at once, and again for other files only', async () => {
    const source = body('    Ok(params)');
    const sandboxes = await Promise.all([claim(source), claim(source), claim(source)]);
    await Promise.all(sandboxes.map((each) => each.destroy()));
    expect(await kept()).toHaveLength(before.length + 1);
    await (await claim(source)).destroy();
    expect(await kept()).toHaveLength(before.length + 1);
    await (await claim(`${source}// other\n`)).destroy();
    expect(await kept()).toHaveLength(before.length + 2);
  });

  it('that is stopped with the server leaves nothing half made', async () => {
    const own = await openTestArtifacts(runtimes);
    const other = await openTestPool(runtimes, { artifacts: own });
    const failed = failureOf(claim(DOUBLING, {}, other));
    const building = async () =>
      (await tracesOf(other.owner)).some(
        (trace) => trace.startsWith('process') && /rustc.*function/.test(trace),
      );
    await vi.waitFor(async () => expect(await building()).toBe(true), 20_000);
    await other.close();
    expect((await failed).code).toBe('UNAVAILABLE');
    expect((await readdir(own.directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await tracesOf(other.owner)).toEqual([]);
    await own.close();
    expect(existsSync(own.directory)).toBe(false);
  });
});

describe('native code', { timeout: 90_000 }, () => {
  it.each([
    [
      'writes where nothing is',
      'unsafe { std::ptr::null_mut::<u8>().write_volatile(1) }',
      'RUNTIME_ERROR',
      /signal 11/,
    ],
    [
      'recurses without end',
      'fn f(n: u64) -> u64 { if n == u64::MAX { 0 } else { let next = f(n + 1); (unsafe { std::ptr::read_volatile(&next) }) + 1 } } f(params.as_u64().unwrap_or(0));',
      'RUNTIME_ERROR',
      /signal/,
    ],
    [
      'takes all memory',
      'let mut all = Vec::new(); loop { all.push(vec![1u8; 1 << 20]); }',
      'OUT_OF_MEMORY',
      /memory/,
    ],
    [
      'asks for more memory than there is',
      'let all: Vec<u8> = Vec::with_capacity(1 << 50); unsafe { std::ptr::read_volatile(all.as_ptr()) };',
      'OUT_OF_MEMORY',
      /memory/,
    ],
    [
      'panics while it panics',
      'struct D; impl Drop for D { fn drop(&mut self) { panic!("again") } } let _d = D; panic!("once");',
      'RUNTIME_ERROR',
      /signal/,
    ],
    [
      'forges an answer',
      'use std::{io::Write, os::unix::io::FromRawFd}; unsafe { std::fs::File::from_raw_fd(3) }.write_all(b"\\0\\0\\0\\x02{}").unwrap();',
      'PROTOCOL_VIOLATION',
      /launcher/,
    ],
  ])('that %s ends its own session', async (_, statements, code, message) => {
    const error = await failureOf(
      run(
        body(`    let _ = &params;\n    ${statements}\n    #[allow(unreachable_code)]\n    Ok(Value::Null)`),
      ),
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('that panics in strange ways says so and goes on', async () => {
    const sandbox = await claim(
      body(`    struct Bomb;
    impl Drop for Bomb { fn drop(&mut self) { panic!("dropped") } }
    match params.as_u64() {
        Some(0) => std::panic::panic_any(7),
        Some(1) => std::panic::panic_any(Bomb),
        Some(2) => Err("x".repeat(10_000_000)),
        Some(3) => panic!("{}", "é".repeat(10_000_000)),
        Some(4) => { std::panic::set_hook(Box::new(|_| {})); panic!("without a hook") }
        _ => Ok(json!("well")),
    }`),
    );
    for (let turn = 0; turn < 5; turn += 1) {
      const error = await failureOf(sandbox.invoke({ params: turn, context: {}, timeoutMs: 10_000 }));
      expect(error.code).toBe('RUNTIME_ERROR');
      expect(error.message.length).toBeLessThan(10_000);
    }
    const { result } = await sandbox.invoke({ params: 5, context: {}, timeoutMs: 10_000 });
    expect(result).toBe('well');
    await sandbox.destroy();
  });

  it.runIf(process.arch === 'x64')('is refused what a sandbox may not ask of the kernel', async () => {
    const calls = {
      mount: 165,
      unshare: 272,
      ptrace: 101,
      bpf: 321,
      keyctl: 250,
      reboot: 169,
      chroot: 161,
      setns: 308,
    };
    const answers = await run(
      `use std::arch::asm;
unsafe fn ask(number: i64) -> i64 {
    let answer: i64;
    asm!("syscall", inlateout("rax") number => answer, in("rdi") 0, in("rsi") 0, in("rdx") 0, in("r10") 0, out("rcx") _, out("r11") _);
    answer
}
${body('    Ok(params.as_object().unwrap().values().map(|each| unsafe { ask(each.as_i64().unwrap()) }).collect())')}`,
      calls,
    );
    expect(new Set(answers as number[])).toEqual(new Set([-1]));
  });

  it('can list no artifacts, and change none', async () => {
    const found = await run(
      body(`    let _ = params;
    let own = std::env::current_exe().unwrap();
    let kind = |error: std::io::Error| error.raw_os_error();
    Ok(json!([
        std::fs::read_dir("/artifacts").err().and_then(kind),
        std::fs::write("/artifacts/x", "x").err().and_then(kind),
        std::fs::remove_file(&own).err().and_then(kind),
        std::fs::OpenOptions::new().write(true).open(&own).err().and_then(kind),
    ]))`),
    );
    const [EACCES, EROFS, ETXTBSY] = [13, 30, 26];
    const [list, ...changes] = found as number[];
    expect(list).toBe(EACCES);
    for (const each of changes) expect([EACCES, EROFS, ETXTBSY]).toContain(each);
  });
});
