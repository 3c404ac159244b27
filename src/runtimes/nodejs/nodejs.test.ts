import { expect, it } from 'vitest';
import { openTestPool } from '../../../test/fixtures/sandbox-pool.ts';
import { runtimeConformance } from '../conformance.ts';
import { nodejsRuntime } from './runtime.ts';

runtimeConformance(nodejsRuntime, {
  echo: {
    'an ES module': 'export default async (params, context) => ({ params, context });',
    'a handler of an ES module': 'export const handler = (params, context) => ({ params, context });',
    'an ES module after comments':
      '// export nothing\n/* * import */\nexport default (params, context) => ({ params, context });',
    'an ES module that waits': 'await null;\nexport default (params, context) => ({ params, context });',
    'an ES module that imports and waits':
      'import { setImmediate as turn } from "node:timers/promises";\nawait turn();\n' +
      'export default (params, context) => ({ params, context });',
    'a script with an export in a text':
      'const text = `\nexport default 1\n`;\nreturn text && { params, context };',
    'an ES module that exports at its end':
      'const handler = (params, context) => ({ params, context });\nexport { handler as default };',
    'a script that begins with an import': 'import("node:os");\nreturn { params, context };',
    'a CommonJS module': 'module.exports = (params, context) => ({ params, context });',
    'a member of a CommonJS module': 'exports.handler = async (params, context) => ({ params, context });',
    'a script': 'const { params, context } = event;\nreturn { params, context };',
    'a script that waits': 'await null;\nreturn { params, context };',
  },
  counter: 'let count = 0;\nexport default () => ++count;',
  boom: {
    source: 'export default () => inner();\nfunction inner() {\n  throw new Error("boom");\n}\n',
    column: 9,
    frame: /Error: boom\n\s+at inner \(index\.js.*:3:9\)/,
  },
  syntaxError: { source: 'export default () => {\n  return 1 +;\n};\n', message: 'SyntaxError' },
  loadError: 'export default () => 1;\nundefinedFunction();\n',
  noHandler: 'export const answer = 42;\n',
  noJson: 'export default () => 10n;',
  prints: 'export default () => { console.log("to stdout"); console.error("to stderr"); };',
  loop: 'export default () => { for (;;); };',
  exits: 'export default () => process.exit(3);',
  environment: 'export default () => process.env.SECRET;',
  twoFiles: {
    'index.mjs': 'import { answer } from "./lib/other.mjs";\nexport default () => answer;',
    'lib/other.mjs': 'export const answer = "from the other file";',
  },
  large: 'export default ({ size }) => "x".repeat(size);',
  deep: 'export default ({ depth }) => { let list = []; for (let i = 1; i < depth; i++) list = [list]; return list; };',
  random: 'export default () => Math.random();',
});

const packages: Record<string, { entry: string; files: Record<string, string> }> = {
  'of a CommonJS module for CommonJS too': {
    entry: 'index.js',
    files: {
      'index.js': 'const { answer } = require("./lib/other.js");\nmodule.exports = () => answer;',
      'lib/other.js': 'exports.answer = "from the other file";',
    },
  },
  'of a module for modules too': {
    entry: 'index.js',
    files: {
      'index.js': 'import { answer } from "./lib/other.js";\nexport default () => answer;',
      'lib/other.js': 'export const answer = "from the other file";',
    },
  },
  'beside a package in a directory as that says': {
    entry: 'src/index.js',
    files: {
      'src/package.json': '{"type":"module"}',
      'src/index.js':
        'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n' +
        'export default () => require("../other.js").answer;',
      'other.js': 'exports.answer = "from the other file";',
    },
  },
};

it.each(Object.entries(packages))('takes the files %s', async (_, { entry, files }) => {
  const pool = await openTestPool([nodejsRuntime]);
  try {
    const sandbox = await pool.claim({
      runtime: 'nodejs',
      use: { principal: 'user:test', session: 'session' },
      code: { digest: 'two', files, entry },
      environment: {},
      timeoutMs: 10_000,
    });
    const { result } = await sandbox.invoke({ params: {}, context: {}, timeoutMs: 10_000 });
    expect(result).toBe('from the other file');
  } finally {
    await pool.close();
  }
});
