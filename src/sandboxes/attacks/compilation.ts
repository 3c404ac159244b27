/** Attacks on the compiler, which is given hostile source, and on what it has made. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack, Programs, Trial } from './attack.ts';
import { must, mustBe, refusalOf } from './attack.ts';
import { rustProgram } from './rust.ts';

const NUMBER = 18;
const LANGUAGES = ['rust'];
const NOTHING = rustProgram('Value::Null');
/** Of what is said about the source, however much the compiler says. */
const MOST_MESSAGE = 10_000;
const MOST_TRACE = 20_000;

/** Macros that double what they are given, sixty times over: takes seconds, then all memory. */
export const DOUBLING = [
  'macro_rules! m0 { ($($t:tt)*) => { const N: &str = stringify!($($t)*); } }',
  ...Array.from({ length: 60 }, (_, n) => {
    return `macro_rules! m${n + 1} { ($($t:tt)*) => { m${n}! { $($t)* $($t)* } } }`;
  }),
  `m60! { x x x x }\n${NOTHING}`,
].join('\n');

const SOURCES: Readonly<Record<string, string>> = {
  'a macro that calls itself': `macro_rules! again { () => { again!() } }\nfn f() { again!() }\n${NOTHING}`,
  'a macro that doubles what it is given': DOUBLING,
  'a constant that is computed without end': rustProgram(
    'json!(ENDLESS)',
    'const ENDLESS: u64 = { let mut n = 0u64; while n < u64::MAX { n += 1; } n };',
  ),
  'a huge constant': rustProgram('json!(HUGE[3])', 'static HUGE: [u64; 1 << 33] = [1; 1 << 33];'),
  'a type without end': rustProgram(
    'f(params.as_u64().unwrap_or(1), 0); Value::Null',
    'struct S<T>(T);\nfn f<T>(n: u64, t: T) { if n > 0 { f(n - 1, S(t)) } }',
  ),
  'output without end': `${'compile_error!("flood");\n'.repeat(30_000)}${NOTHING}`,
  'a procedural macro': `extern crate proc_macro;\n#[proc_macro]\npub fn m(t: proc_macro::TokenStream) -> proc_macro::TokenStream { t }\n${NOTHING}`,
  'what is not stable': `#[repr(simd)]\nstruct S(u64);\n#[link_args = "-o/artifacts/x"]\nextern "C" {}\n${NOTHING}`,
  'a device without end': `const F: &[u8] = include_bytes!("/dev/zero");\n${NOTHING}`,
  'another library of that name': rustProgram(
    'unsafe { f() }; Value::Null',
    '#[link(name = "../../../etc/passwd")]\nextern "C" { fn f(); }',
  ),
};

async function mustRefuse({ claim }: Trial, source: string): Promise<void> {
  const { code, message, position } = await refusalOf(claim({ rust: source }), 'the source');
  mustBe('it was refused with', code, 'INITIALIZATION_ERROR');
  must(message.length < MOST_MESSAGE, `the message has ${message.length} characters`);
  const trace = position.stack_trace ?? '';
  must(trace.length < MOST_TRACE, `what the compiler said has ${trace.length} characters`);
}

/** A file that this process can read, with something in it that nobody else knows, while `use` runs. */
async function withSecretFile(use: (path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-attack-'));
  try {
    const path = join(directory, 'secret');
    await writeFile(path, randomBytes(16).toString('hex'));
    await use(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const SEEN: Programs = {
  rust: rustProgram(`json!({
        "users": include_str!("/etc/passwd"),
        "environment": String::from_utf8_lossy(include_bytes!("/proc/self/environ")),
        "canary": option_env!("LONGSHORE_ATTACK_CANARY"),
    })`),
};

/** Lists the artifacts, and changes what it can of them and of its own program. */
const CHANGES: Programs = {
  rust: rustProgram(`let own = std::env::current_exe().unwrap();
    json!({
        "listing": attempt(std::fs::read_dir("/artifacts")),
        "changes": [
            attempt(std::fs::write("/artifacts/x", "x")),
            attempt(std::fs::remove_file(&own)),
            attempt(std::fs::rename(&own, "/artifacts/x")),
            attempt(std::fs::OpenOptions::new().write(true).open(&own)),
        ],
    })`),
};

/** Nothing of these is kept. */
export const refusedCompilations: readonly Attack[] = [
  ...Object.entries(SOURCES).map(([what, source]): Attack => ({
    number: NUMBER,
    name: `a compiler that is given ${what} refuses it`,
    languages: LANGUAGES,
    attempt: (trial) => mustRefuse(trial, source),
  })),
  {
    number: NUMBER,
    name: 'a compiler that is given a file of the server refuses it',
    languages: LANGUAGES,
    attempt: (trial) =>
      withSecretFile((path) =>
        mustRefuse(trial, `const F: &str = include_str!(${JSON.stringify(path)});\n${NOTHING}`),
      ),
  },
];

export const compilationAttacks: readonly Attack[] = [
  ...refusedCompilations,
  {
    number: NUMBER,
    name: 'a compiler sees its sandbox and nothing of the machine or the server',
    languages: LANGUAGES,
    async attempt({ run }) {
      const value = randomBytes(16).toString('hex');
      process.env.LONGSHORE_ATTACK_CANARY = value;
      try {
        const { users, environment, canary } = (await run(SEEN)).result as Record<string, string | null>;
        const known = /^root:x:0:0::\/:\/usr\/sbin\/nologin\nfunction:x:1000/;
        must(known.test(users ?? ''), `the users are ${users}`);
        must(!(environment ?? '').includes(value), 'it has the environment of the server');
        mustBe('a variable of the server is', canary, null);
      } finally {
        delete process.env.LONGSHORE_ATTACK_CANARY;
      }
    },
  },
  {
    number: NUMBER,
    name: 'compiled code lists no artifacts, and changes none',
    languages: LANGUAGES,
    async attempt({ run }) {
      const { listing, changes } = (await run(CHANGES)).result as { listing: string; changes: string[] };
      mustBe('listing the artifacts', listing, 'EACCES');
      for (const each of changes) mustBe('changing an artifact', each, 'EACCES', 'EROFS', 'ETXTBSY', 'EXDEV');
    },
  },
];
