/** Languages and versions as Piston's clients name them. */
import type { FunctionsCore } from '../../core/functions/context.ts';

export interface PistonRuntime {
  /** Piston's name. */
  language: string;
  /** `20.19.1` */
  version: string;
  aliases: readonly string[];
  /** Where a language has several implementations. */
  runtime?: string;
  /** What it is called here. */
  name: string;
}

/** Languages that Piston calls something else than we do, or by several names. */
const known: Readonly<Record<string, Pick<PistonRuntime, 'language' | 'aliases' | 'runtime'>>> = {
  nodejs: {
    language: 'javascript',
    aliases: ['node-javascript', 'node-js', 'javascript', 'js', 'node', 'nodejs'],
    runtime: 'node',
  },
  python: { language: 'python', aliases: ['py', 'py3', 'python3'] },
};

/** Those that this machine has. */
export async function pistonRuntimes({
  programs,
}: Pick<FunctionsCore, 'programs'>): Promise<PistonRuntime[]> {
  const languages = await programs.languages();
  return languages.map(({ name, version }) => ({
    ...(known[name] ?? { language: name, aliases: [] }),
    version,
    name,
  }));
}

/** By name or alias, and a version as npm's semver ranges write it: `*`, `20.x`, `20.19.1`, `^3.11`, `>=18`. */
export function findRuntime(
  runtimes: readonly PistonRuntime[],
  language: string,
  version: string,
): PistonRuntime | undefined {
  return runtimes.find(
    (each) =>
      (each.language === language || each.aliases.includes(language)) && satisfies(each.version, version),
  );
}

const range = /^\s*(\^|~|>=)?\s*v?(\d{1,9}|[xX*])(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?\s*$/;

function satisfies(version: string, asked: string): boolean {
  const [, operator, ...parts] = range.exec(asked) ?? [];
  if (parts.length === 0) return false;
  const have = version.split('.').map(Number);
  const wanted = parts.map((part) => (part === undefined || /[xX*]/.test(part) ? undefined : Number(part)));
  const firstOpen = wanted.indexOf(undefined);
  const given = (firstOpen === -1 ? wanted : wanted.slice(0, firstOpen)) as number[];
  if (operator === undefined) return given.every((number, index) => have[index] === number);
  const fixed = operator === '>=' ? 0 : operator === '~' ? 2 : 1;
  const sameLine = given.slice(0, fixed).every((number, index) => have[index] === number);
  return sameLine && isAtLeast(have, given);
}

function isAtLeast(have: readonly number[], least: readonly number[]): boolean {
  const index = least.findIndex((number, at) => have[at] !== number);
  return index === -1 || (have[index] ?? 0) > least[index]!;
}
