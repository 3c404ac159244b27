/**
 * requirements.txt as `pip install --require-hashes` takes it: exact versions, each with the SHA-256 of its wheels.
 * Source: "Requirements File Format" and "Secure installs" in pip's documentation.
 */
import type { FunctionCode } from '../../core/ports/runtime.ts';
import { DependencyError } from '../dependency-error.ts';
import { holds } from './markers.ts';
import type { PythonPlatform } from './wheel-tags.ts';

export interface Requirement {
  /** Normalised: `typing-extensions`. */
  name: string;
  version: string;
  /** Hexadecimal; a wheel has one of them. */
  sha256: readonly string[];
}

export const REQUIREMENTS = 'requirements.txt';
const remake = 'make it with "pip-compile --generate-hashes" or "uv export"';

const pinned =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[\w\s,.-]*\])?\s*==\s*([A-Za-z0-9.+!_-]+)$/;
const hash = /^--hash=sha256:([0-9a-f]{64})$/;

/** Empty where nothing is asked for. Throws `DependencyError` with the line. */
export function readRequirements(
  files: FunctionCode['files'],
  here: PythonPlatform,
  most: number,
): Requirement[] {
  const text = files[REQUIREMENTS];
  if (text === undefined) return [];
  const requirements = logicalLines(text).flatMap(({ line, content }) => readLine(line, content, here));
  if (requirements.length > most)
    throw new DependencyError(
      REQUIREMENTS,
      `a function may have ${most} packages; these are ${requirements.length}.`,
    );
  const names = new Set<string>();
  for (const { name } of requirements) {
    if (names.has(name))
      throw new DependencyError(REQUIREMENTS, `${name} is there twice: keep one line of it.`);
    names.add(name);
  }
  return requirements;
}

/** Without comments; a backslash at the end joins a line with the next. `line`: of its beginning. */
function logicalLines(text: string): { line: number; content: string }[] {
  const found: { line: number; content: string }[] = [];
  let begun: { line: number; content: string } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const joins = raw.endsWith('\\');
    const content = (joins ? raw.slice(0, -1) : raw).replace(/(^|\s)#.*$/, '');
    begun =
      begun === undefined
        ? { line: index + 1, content }
        : { ...begun, content: `${begun.content} ${content}` };
    if (joins) continue;
    found.push({ ...begun, content: begun.content.trim() });
    begun = undefined;
  }
  if (begun !== undefined) found.push({ ...begun, content: begun.content.trim() });
  return found.filter(({ content }) => content !== '');
}

/** None where its condition does not hold here. */
function readLine(line: number, content: string, here: PythonPlatform): Requirement[] {
  const fail = (message: string) => new DependencyError(REQUIREMENTS, `line ${line}: ${message}`);
  if (content.startsWith('-'))
    throw fail(
      `'${content.slice(0, 100)}' is an option: only packages may stand here, they come from --pip-index.`,
    );
  const [requirement = '', ...options] = content.split(/\s+(?=--)/);
  const [what = '', condition] = requirement.split(/;(.*)/);
  const [, name, version] = pinned.exec(what.trim()) ?? [];
  if (name === undefined || version === undefined)
    throw fail(
      `'${what.slice(0, 100)}' must be a package and its exact version, as in name==1.2.3; ${remake}.`,
    );
  if (condition !== undefined && !isMet(condition, here, fail)) return [];
  const sha256 = options.map((option) => {
    const [, digest] = hash.exec(option.trim()) ?? [];
    if (digest === undefined) throw fail(`${name}: '${option.slice(0, 100)}' is no --hash=sha256:… of it.`);
    return digest;
  });
  if (sha256.length === 0) throw fail(`${name} has no --hash=sha256:…, which is required; ${remake}.`);
  return [{ name: normalName(name), version, sha256 }];
}

function isMet(condition: string, here: PythonPlatform, fail: (message: string) => DependencyError): boolean {
  try {
    return holds(condition, here);
  } catch (error) {
    throw fail(`the condition '${condition.trim().slice(0, 100)}': ${(error as Error).message}.`);
  }
}

/** As package indexes compare names (PEP 503). */
export const normalName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');
