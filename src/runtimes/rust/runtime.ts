/** Functions in Rust, compiled with this machine's rustc and the serde_json of its packages. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BuildOrder, Compilation, Runtime } from '../../core/ports/runtime.ts';
import { CRATES, findRust, NoRust, type RustCompiler } from './compiler.ts';
import { faultIn } from './diagnostics.ts';

// Shipped as source: the path is the same from src/ and from dist/.
const KIT = new URL('../../../src/runtimes/rust/kit/', import.meta.url);
const KIT_FILES = [
  'Cargo.toml',
  'src/lib.rs',
  'src/main.rs',
  'src/channel.rs',
  'src/caught.rs',
  'src/left_behind.rs',
];
/** The crate a function's code is included in. */
const CRATE = 'function.rs';
/** Where the author's files lie beside it. */
const CODE = 'code/';
const LAUNCHER = 'launcher';
const PROGRAM = 'program';

/** Without a network: every crate is one of the machine's. */
const cargoConfiguration = (crates: string) => `[source.crates-io]
replace-with = "system"
[source.system]
directory = "${crates}"
`;

/** `crates`: where their sources are. */
export function rustRuntime(crates = CRATES): Runtime {
  /** Known once it was asked whether it is available. */
  let compiler: RustCompiler | undefined;

  return {
    name: 'rust',
    sourceFile: 'main.rs',

    async availability() {
      try {
        compiler = await findRust(crates);
        return { available: true, version: compiler.version.replace(/^rustc /, '') };
      } catch (error) {
        if (error instanceof NoRust) return { available: false, reason: error.message, fix: error.fix };
        throw error;
      }
    },

    launch: (_memoryBytes, kit = '') => ({
      argv: [`${kit}/${LAUNCHER}`],
      environment: {},
      files: {},
      directories: [],
    }),

    compilation() {
      if (compiler === undefined) throw new Error('rustc was not looked for yet');
      return compilationWith(compiler, crates);
    },
  };
}

function compilationWith(compiler: RustCompiler, crates: string): Compilation {
  const source = readKitFile(CRATE);
  return {
    version: [compiler.version, compiler.rustc, compiler.linker, ...compiler.crates].join(' '),
    directories: compiler.directories,
    kit: kitOrder(compiler, crates),
    program: ({ files, base64 = [], entry }, kit) => ({
      files: {
        [CRATE]: source,
        ...Object.fromEntries(Object.entries(files).map(([name, content]) => [`${CODE}${name}`, content])),
      },
      base64: base64.map((name) => `${CODE}${name}`),
      commands: [[compiler.rustc, ...compileArguments(compiler, kit), CRATE]],
      environment: { LONGSHORE_ENTRY: `${CODE}${entry}` },
      outputs: [PROGRAM],
    }),
    fault: ({ files, entry }, output, reason) => faultIn(output, Object.keys(files), entry, reason),
  };
}

/** Where a program finds nothing to load at its start, that takes half the time. */
const linkage = ({ linker, linksStatically }: RustCompiler): string[] => [
  `-Clinker=${linker}`,
  ...(linksStatically ? ['-Ctarget-feature=+crt-static'] : []),
];

function kitOrder(compiler: RustCompiler, crates: string): BuildOrder {
  const { cargo, rustc } = compiler;
  return {
    files: {
      ...Object.fromEntries(KIT_FILES.map((name) => [name, readKitFile(name)])),
      'home/config.toml': cargoConfiguration(crates),
    },
    commands: [[cargo, 'build', '--release', '--offline', '--quiet']],
    environment: {
      CARGO_HOME: '/function/home',
      RUSTC: rustc,
      RUSTFLAGS: linkage(compiler).join(' '),
    },
    outputs: [`target/release/${LAUNCHER}`, 'target/release/deps/*.rlib'],
  };
}

function compileArguments(compiler: RustCompiler, kit: string): string[] {
  return [
    ...['--edition', '2021', '--crate-name', 'function', '--crate-type', 'bin', '-o', PROGRAM],
    // What is wrong comes as JSON; what is only unusual is the author's own business.
    ...['--error-format', 'json', '--cap-lints', 'allow'],
    // Arithmetic that overflows is told with its line rather than answered with a wrong number.
    ...['-C', 'opt-level=2', '-C', 'codegen-units=1', '-C', 'overflow-checks=on', '-C', 'strip=symbols'],
    ...linkage(compiler),
    // Panics and errors name files as their author does.
    ...['--remap-path-prefix', `${CODE}=`],
    ...['-L', `all=${kit}`, '--extern', 'longshore_function', '--extern', 'serde_json'],
  ];
}

const readKitFile = (name: string) => readFileSync(fileURLToPath(new URL(name, KIT)), 'utf8');
