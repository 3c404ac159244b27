/** Attacks by code that is compiled: without a language's runtime around it, it may do to its process what it likes. */
import type { Attack, Programs } from './attack.ts';
import { must, mustBe, refusalOf } from './attack.ts';
import { rustProgram } from './rust.ts';

const LANGUAGES = ['rust'];

interface Wreck {
  number: number;
  statements: string;
  code: string;
  message: RegExp;
}

const WRECKS: Readonly<Record<string, Wreck>> = {
  'writes where nothing is': {
    number: 14,
    statements: 'unsafe { std::ptr::null_mut::<u8>().write_volatile(1) };',
    code: 'RUNTIME_ERROR',
    message: /signal 11/,
  },
  'recurses without end': {
    number: 14,
    statements: `fn f(n: u64) -> u64 {
        if n == u64::MAX { 0 } else { let next = f(n + 1); (unsafe { std::ptr::read_volatile(&next) }) + 1 }
    }
    f(params.as_u64().unwrap_or(0));`,
    code: 'RUNTIME_ERROR',
    message: /signal/,
  },
  'asks for more memory than there is': {
    number: 2,
    statements:
      'let all: Vec<u8> = Vec::with_capacity(1 << 50); unsafe { std::ptr::read_volatile(all.as_ptr()) };',
    code: 'OUT_OF_MEMORY',
    message: /memory/,
  },
  'panics while it panics': {
    number: 14,
    statements:
      'struct D; impl Drop for D { fn drop(&mut self) { panic!("again") } } let _d = D; panic!("once");',
    code: 'RUNTIME_ERROR',
    message: /signal/,
  },
};

/** Panics and fails in a way for each turn, and is well in the last. */
const STRANGE: Programs = {
  rust: rustProgram(
    `match params.as_u64() {
        Some(0) => std::panic::panic_any(7),
        Some(1) => std::panic::panic_any(Bomb),
        Some(2) => return Err("x".repeat(10_000_000)),
        Some(3) => panic!("{}", "é".repeat(10_000_000)),
        Some(4) => { std::panic::set_hook(Box::new(|_| {})); panic!("without a hook") }
        _ => json!("well"),
    }`,
    'struct Bomb;\nimpl Drop for Bomb { fn drop(&mut self) { panic!("dropped") } }',
  ),
};
const STRANGE_TURNS = 5;
const MOST_MESSAGE = 10_000;
const TIMEOUT_MS = 10_000;

/** Runs before the function is loaded. */
const BEFORE_LOADING: Programs = {
  rust: rustProgram(
    'json!("loaded")',
    `#[used]
#[link_section = ".init_array"]
static BEFORE: extern "C" fn() = before;
extern "C" fn before() {
    while std::env::var_os("LOOP").is_some() {}
}`,
  ),
};

export const compiledCodeAttacks: readonly Attack[] = [
  ...Object.entries(WRECKS).map(([what, { number, statements, code, message }]): Attack => ({
    number,
    name: `native code that ${what} ends its own session`,
    languages: LANGUAGES,
    async attempt({ run }) {
      const rust = rustProgram(`${statements}\n    #[allow(unreachable_code)]\n    Value::Null`);
      const refusal = await refusalOf(run({ rust }), 'the call');
      mustBe('it ended with', refusal.code, code);
      must(message.test(refusal.message), `it ended otherwise: ${refusal.message}`);
    },
  })),
  {
    number: 14,
    name: 'native code that panics in strange ways says so and goes on',
    languages: LANGUAGES,
    async attempt({ claim }) {
      const sandbox = await claim(STRANGE);
      const turn = (params: number) => sandbox.invoke({ params, context: {}, timeoutMs: TIMEOUT_MS });
      for (let count = 0; count < STRANGE_TURNS; count += 1) {
        const { code, message } = await refusalOf(turn(count), `panic ${count}`);
        mustBe(`panic ${count} ended with`, code, 'RUNTIME_ERROR');
        must(message.length < MOST_MESSAGE, `the message has ${message.length} characters`);
      }
      mustBe('after it, it is', (await turn(STRANGE_TURNS)).result, 'well');
    },
  },
  {
    number: 3,
    name: 'a loop before the code is loaded ends at the deadline of the claim',
    languages: LANGUAGES,
    async attempt({ claim }) {
      // Compiled by then, so that the deadline is the loop's.
      await (await claim(BEFORE_LOADING)).destroy();
      const request = { environment: { LOOP: 'yes' }, timeoutMs: 1_000 };
      const refusal = await refusalOf(claim(BEFORE_LOADING, request), 'the loop');
      mustBe('it ended with', refusal.code, 'TIMEOUT');
    },
  },
];
