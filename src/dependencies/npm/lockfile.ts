/**
 * package-lock.json of lockfile version 2 or 3: its `packages` say where each package lies in node_modules, where it
 * is from and which SHA-512 it has. Source: "package-lock.json" in npm's documentation.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import Type, { type Static } from 'typebox';
import type { FunctionCode } from '../../core/ports/runtime.ts';
import { DependencyError } from '../dependency-error.ts';

export interface LockedPackage {
  /** Below node_modules: `left-pad`, `@scope/name`, `one/node_modules/other`. */
  path: string;
  name: string;
  version: string;
  /** As the lockfile has it; absent: where the registry keeps packages usually. */
  resolved?: string;
  /** SHA-512 digests in base64, any of which it may have. */
  sha512: readonly string[];
}

/** Which builds of packages this machine can load, in npm's words. */
export interface NpmPlatform {
  os: string;
  cpu: string;
  libc: string;
}

export const LOCKFILE = 'package-lock.json';
export const MANIFEST = 'package.json';
const remake = 'run "npm install --package-lock-only" with npm 7 or newer';

const names = Type.Optional(Type.Record(Type.String(), Type.String()));
const words = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));
const flag = Type.Optional(Type.Boolean());
const manifestSchema = Type.Object({ dependencies: names, optionalDependencies: names });
const entrySchema = Type.Object({
  name: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  resolved: Type.Optional(Type.Union([Type.String(), Type.Boolean()])),
  integrity: Type.Optional(Type.String()),
  dependencies: names,
  optionalDependencies: names,
  dev: flag,
  optional: flag,
  link: flag,
  inBundle: flag,
  os: words,
  cpu: words,
  libc: words,
});
const lockfileSchema = Type.Object({
  lockfileVersion: Type.Number(),
  packages: Type.Optional(Type.Record(Type.String(), entrySchema)),
});
// Compiled, and through with the first fault: a long lock file must not hold up the server.
const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });
const isManifest = ajv.compile<Manifest>(manifestSchema);
const isLockfile = ajv.compile<Lockfile>(lockfileSchema);
type Manifest = Static<typeof manifestSchema>;
type Lockfile = Static<typeof lockfileSchema>;
type Entry = Static<typeof entrySchema>;

const packageName = '(?:@[A-Za-z0-9~-][\\w.~-]*/)?[A-Za-z0-9~-][\\w.~-]*';
const installPath = new RegExp(`^node_modules/(?:${packageName}/node_modules/)*(${packageName})$`);
const wholeName = new RegExp(`^${packageName}$`);
const versionText = /^[0-9A-Za-z.+-]{1,256}$/;
const sha512Text = /^sha512-([A-Za-z0-9+/]{86}==)$/;

/** What is to be installed, in the order of paths; empty where nothing is asked for. Throws `DependencyError`. */
export function lockedPackages(
  files: FunctionCode['files'],
  platform: NpmPlatform,
  most: number,
): LockedPackage[] {
  const { [MANIFEST]: manifestText, [LOCKFILE]: lockText } = files;
  if (manifestText === undefined) return [];
  const manifest = parse(MANIFEST, manifestText, isManifest);
  if (isEmpty(manifest.dependencies) && isEmpty(manifest.optionalDependencies)) return [];
  if (lockText === undefined)
    throw new DependencyError(MANIFEST, `it has dependencies, and there is no ${LOCKFILE}: ${remake}.`);
  const { lockfileVersion, packages } = parse(LOCKFILE, lockText, isLockfile);
  if (packages === undefined || (lockfileVersion !== 2 && lockfileVersion !== 3))
    throw new DependencyError(
      LOCKFILE,
      `lockfileVersion is ${lockfileVersion}, and must be 2 or 3: ${remake}.`,
    );
  checkRoot(manifest, packages['']);
  const wanted = Object.entries(packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.inBundle !== true)
    .filter(([path, entry]) => isForHere(path, entry, platform))
    .map(([path, entry]) => lockedPackage(path, entry))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  if (wanted.length > most)
    throw new DependencyError(LOCKFILE, `packages: a function may have ${most}; these are ${wanted.length}.`);
  return wanted;
}

function parse<Value>(file: string, text: string, isShape: ValidateFunction<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DependencyError(file, `it is no JSON: ${(error as Error).message}`);
  }
  if (isShape(value)) return value;
  const [fault] = isShape.errors ?? [];
  throw new DependencyError(
    file,
    `${fault?.instancePath || 'it'} ${fault?.message ?? 'is not what npm writes'}.`,
  );
}

/** The lockfile must be of this manifest, else what is installed is not what was asked for. */
function checkRoot(manifest: Manifest, root: Entry | undefined): void {
  for (const kind of ['dependencies', 'optionalDependencies'] as const) {
    const [wanted, locked] = [manifest[kind] ?? {}, root?.[kind] ?? {}];
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(locked)])) {
      if (wanted[name] === locked[name]) continue;
      throw new DependencyError(LOCKFILE, `it does not fit ${kind}.${name} of ${MANIFEST}: ${remake}.`);
    }
  }
}

/** Where a build is for other machines, an optional package is left out, as npm does. */
function isForHere(path: string, entry: Entry, platform: NpmPlatform): boolean {
  for (const kind of ['os', 'cpu', 'libc'] as const) {
    if (allows(entry[kind], platform[kind])) continue;
    if (entry.optional === true) return false;
    throw at(path, kind, `is ${JSON.stringify(entry[kind])}, and this machine is ${platform[kind]}`);
  }
  return true;
}

/** `!win32` is anything else. */
function allows(wanted: string | string[] | undefined, here: string): boolean {
  const list = typeof wanted === 'string' ? [wanted] : (wanted ?? []);
  if (list.includes(`!${here}`)) return false;
  const positive = list.filter((each) => !each.startsWith('!') && each !== 'any');
  return positive.length === 0 || positive.includes(here);
}

function lockedPackage(path: string, entry: Entry): LockedPackage {
  const directoryName = installPath.exec(path)?.[1];
  if (entry.link === true) throw at(path, 'link', 'is true: only packages of the registry are installed');
  if (directoryName === undefined)
    throw at(path, undefined, 'is no path in node_modules: workspaces and local packages are not installed');
  const { name = directoryName, version = '', resolved, integrity = '' } = entry;
  if (!wholeName.test(name)) throw at(path, 'name', 'is no name of a package');
  if (!versionText.test(version)) throw at(path, 'version', 'is no version');
  if (resolved === false || resolved === true) throw at(path, 'resolved', 'must be an address');
  const sha512 = integrity
    .split(/\s+/)
    .flatMap((each) => sha512Text.exec(each.replace(/\?.*$/, ''))?.[1] ?? []);
  if (resolved !== undefined && !/^https?:/.test(resolved)) {
    const what = JSON.stringify(resolved.slice(0, 200));
    throw at(
      path,
      'resolved',
      `is ${what}: only packages of the registry are installed, from http(s) addresses`,
    );
  }
  if (sha512.length === 0) throw at(path, 'integrity', `has no SHA-512, which is required; ${remake}`);
  const below = path.slice('node_modules/'.length);
  return { path: below, name, version, ...(resolved !== undefined && { resolved }), sha512 };
}

function at(path: string, field: string | undefined, message: string): DependencyError {
  const where = `packages[${JSON.stringify(path.slice(0, 300))}]${field === undefined ? '' : `.${field}`}`;
  return new DependencyError(LOCKFILE, `${where} ${message}.`);
}

const isEmpty = (names: Record<string, string> | undefined) => Object.keys(names ?? {}).length === 0;
