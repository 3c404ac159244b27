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

/** Of words with one space between them. No two parts that repeat may take the same characters: that is slow. */
const pinned = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) ?(?:\[[\w ,.-]*\] ?)?== ?([A-Za-z0-9.+!_-]+)$/;
const hash = /^--hash=sha256:([0-9a-f]{64})$/;
/** Of a line as it stands in the file, and of a requirement without its hashes, which may be many. */
const mostCharacters = 8192;
const longestVersion = 64;

interface LogicalLine {
  /** Where it begins; the first is 1. */
  line: number;
  words: string[];
}

const failure = (line: number, message: string) =>
  new DependencyError(REQUIREMENTS, `line ${line}: ${message}`);

/** What the file says, without blanks and comments. Throws `DependencyError` with the line. */
export function requirementLines(files: FunctionCode['files']): LogicalLine[] {
  return logicalLines(files[REQUIREMENTS] ?? '').filter(({ words }) => words.length > 0);
}

/** Of those lines. Empty where no condition holds here. Throws `DependencyError` with the line. */
export function readRequirements(
  lines: readonly LogicalLine[],
  here: PythonPlatform,
  most: number,
): Requirement[] {
  const requirements = lines.flatMap((each) => readLine(each, here));
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

/** A backslash at the end joins a line with the next. */
function logicalLines(text: string): LogicalLine[] {
  const found: LogicalLine[] = [];
  let begun: LogicalLine | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (raw.length > mostCharacters)
      throw failure(index + 1, `it has more than ${mostCharacters} characters: join lines by a backslash.`);
    const joins = raw.endsWith('\\');
    if (begun === undefined) found.push((begun = { line: index + 1, words: [] }));
    begun.words.push(...wordsOf(joins ? raw.slice(0, -1) : raw));
    if (!joins) begun = undefined;
  }
  return found;
}

/** Up to a comment. */
function wordsOf(text: string): string[] {
  const words = text.split(/\s+/);
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment === -1 ? words : words.slice(0, comment)).filter((word) => word !== '');
}

/** None where its condition does not hold here. */
function readLine({ line, words }: LogicalLine, here: PythonPlatform): Requirement[] {
  const fail = (message: string) => failure(line, message);
  const firstOption = words.findIndex((word) => word.startsWith('--'));
  const end = firstOption === -1 ? words.length : firstOption;
  const requirement = words.slice(0, end).join(' ');
  const options = words.slice(end);
  if (words[0]?.startsWith('-'))
    throw fail(
      `'${words.join(' ').slice(0, 100)}' is an option: only packages may stand here, they come from --pip-index.`,
    );
  if (requirement.length > mostCharacters)
    throw fail(`the package and its condition have more than ${mostCharacters} characters.`);
  const semicolon = requirement.indexOf(';');
  const what = semicolon === -1 ? requirement : requirement.slice(0, semicolon);
  const [, name, version] = pinned.exec(what.trim()) ?? [];
  if (name === undefined || version === undefined)
    throw fail(
      `'${what.slice(0, 100)}' must be a package and its exact version, as in name==1.2.3; ${remake}.`,
    );
  if (version.length > longestVersion)
    throw fail(`${name.slice(0, 100)}: its version has more than ${longestVersion} characters.`);
  if (semicolon !== -1 && !isMet(requirement.slice(semicolon + 1), here, fail)) return [];
  const sha256 = options.map((option) => {
    const [, digest] = hash.exec(option) ?? [];
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
