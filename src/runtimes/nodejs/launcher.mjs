/** Loads functions in JavaScript. Runs inside the sandbox. */
import { spawnSync } from 'node:child_process';
import { unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { DIRECTORY, LoadError, serve } from './serving.mjs';

const IS_COMMONJS = /\bmodule\s*\.\s*exports\b|\bexports\s*\.\s*\w+\s*=/;
/** In a script it could only stand in a text or a comment. */
const EXPORTS = /^export\b/m;

async function load({ files, entry }) {
  const source = files[entry];
  if (/\.mjs$/.test(entry)) return loadModule(entry, files);
  if (!EXPORTS.test(source) || IS_COMMONJS.test(source))
    return (await loadScript(entry, files)) ?? loadModule(entry, files);
  try {
    return await loadModule(entry, files);
  } catch (error) {
    const handler = error instanceof SyntaxError ? await loadScript(entry, files) : undefined;
    if (handler === undefined) throw error;
    return handler;
  }
}

const PACKAGE = path.join(DIRECTORY, 'package.json');
let hasPackage = false;

/** Without a package that says so, Node.js takes what ends in .js for CommonJS. The function's own says it itself. */
function takeForModules(wanted, entry, files) {
  if (wanted === hasPackage || hasOwnPackage(entry, files)) return;
  if (wanted) writeFileSync(PACKAGE, '{"type":"module"}');
  else unlinkSync(PACKAGE);
  hasPackage = wanted;
}

/** In the directory of its entry, or above it. */
const hasOwnPackage = (entry, files) =>
  Object.keys(files).some(
    (name) =>
      path.basename(name) === 'package.json' && entry.startsWith(name.slice(0, -'package.json'.length)),
  );

async function loadModule(entry, files) {
  takeForModules(true, entry, files);
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
async function loadScript(entry, files) {
  takeForModules(false, entry, files);
  const source = files[entry];
  const file = path.join(DIRECTORY, entry);
  const require = createRequire(file);
  try {
    if (IS_COMMONJS.test(source)) {
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

/** As most functions are: a module whose name does not say so. */
const rehearsal = {
  entry: 'main.js',
  files: { 'main.js': 'export default () => null;', 'package.json': '{"type":"module"}' },
};

void serve(load, rehearsal);
