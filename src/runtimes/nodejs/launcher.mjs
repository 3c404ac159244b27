/** Loads functions in JavaScript. Runs inside the sandbox. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { DIRECTORY, LoadError, serve } from './serving.mjs';

async function load({ files, entry }) {
  if (/\.mjs$/.test(entry)) return loadModule(entry, files);
  return (await loadScript(entry, files[entry])) ?? loadModule(entry, files);
}

async function loadModule(entry, files) {
  // Else Node.js would take what ends in .js for CommonJS.
  if (!('package.json' in files)) writeFileSync(path.join(DIRECTORY, 'package.json'), '{"type":"module"}');
  try {
    return handlerOf(await import(pathToFileURL(path.join(DIRECTORY, entry))), entry);
  } catch (error) {
    if (error instanceof SyntaxError && !error.stack.includes(DIRECTORY)) locate(error, Object.keys(files));
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

void serve(load);
