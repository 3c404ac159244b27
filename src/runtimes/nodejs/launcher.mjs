/** Loads functions in JavaScript. Runs inside the sandbox. */
import { spawnSync } from 'node:child_process';
import { unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { DIRECTORY, LoadError, serve } from './serving.mjs';

const PACKAGE = path.join(DIRECTORY, 'package.json');
/** Nothing but a module begins like this, after its comments. */
const BEGINS_MODULE = /^(?:\s|\/\/.*|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:export\b|import\b(?!\s*[.(]))/;

async function load({ files, entry }) {
  if (/\.mjs$/.test(entry) || BEGINS_MODULE.test(files[entry])) return loadModule(entry, files);
  if (!('package.json' in files)) unlinkSync(PACKAGE);
  const handler = await loadScript(entry, files[entry]);
  if (handler !== undefined) return handler;
  if (!('package.json' in files)) writePackage();
  return loadModule(entry, files);
}

/** Else Node.js would take what ends in .js for CommonJS. */
const writePackage = () => writeFileSync(PACKAGE, '{"type":"module"}');

async function loadModule(entry, files) {
  try {
    return handlerOf(await moduleIn(path.join(DIRECTORY, entry)), entry);
  } catch (error) {
    if (error instanceof SyntaxError && !error.stack.includes(DIRECTORY)) locate(error, Object.keys(files));
    throw error;
  }
}

const requireModule = createRequire(import.meta.url);

/** Where Node.js can, without the turns of the event loop that an import takes: most modules wait for nothing. */
async function moduleIn(file) {
  if (process.features.require_module !== true) return import(pathToFileURL(file));
  try {
    return requireModule(file);
  } catch (error) {
    if (error.code === 'ERR_REQUIRE_ASYNC_MODULE') return import(pathToFileURL(file));
    throw error;
  }
}

/** An import says what is wrong with the syntax, but not where. `node --check` does. */
function locate(error, files) {
  for (const file of files.filter((name) => /\.[cm]?js$/.test(name))) {
    const { status, stderr } = spawnSync(process.execPath, ['--check', path.join(DIRECTORY, file)], {
      encoding: 'utf8',
    });
    if (status === 0) continue;
    error.stack = stderr.replace(/\n\nNode\.js v[^\n]*\s*$/, '');
    return;
  }
}

const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const MODULE_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];
const ONLY_IN_MODULES = /^(Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta')/;

/**
 * CommonJS, or the body of a function with `event`, `params` and `context` in scope. Undefined where it is neither,
 * but may be an ES module.
 */
async function loadScript(entry, source) {
  const file = path.join(DIRECTORY, entry);
  const require = createRequire(file);
  try {
    if (/\bmodule\s*\.\s*exports\b|\bexports\s*\.\s*\w+\s*=/.test(source)) {
      const module = { exports: {} };
      const options = { filename: file, importModuleDynamically };
      const body = vm.compileFunction(source, MODULE_PARAMETERS, options);
      body.call(module.exports, module.exports, require, module, file, DIRECTORY);
      return handlerOf(module.exports, entry);
    }
    // A block of its own, in which the script may declare what the parameters are called.
    const body = new vm.Script(`(async function (event, params, context, require) {{\n${source}\n}})`, {
      filename: file,
      lineOffset: -1,
      importModuleDynamically,
    }).runInThisContext();
    return (params, context) => body({ params, context }, params, context, require);
  } catch (error) {
    if (error instanceof SyntaxError && ONLY_IN_MODULES.test(error.message)) return undefined;
    throw error;
  }
}

function handlerOf(exported, entry) {
  const found = [exported, exported.default, exported.handler, exported.default?.handler].find(
    (each) => typeof each === 'function',
  );
  if (found) return found;
  throw new LoadError(`${entry} exports no handler: write "export default async (params, context) => …"`);
}

/** How often a module is loaded before a function is: the second and third time are still slow. */
const REHEARSALS = 4;

/** Leaves the package that a module needs; a script's comes without. */
async function rehearse() {
  for (let turn = 0; turn < REHEARSALS; turn += 1) {
    const file = path.join(DIRECTORY, `rehearsal-${turn}.mjs`);
    writeFileSync(file, 'export default () => null;');
    await moduleIn(file);
    unlinkSync(file);
  }
  await loadScript('rehearsal.js', 'return 1');
  writePackage();
}

void serve(load, rehearse);
