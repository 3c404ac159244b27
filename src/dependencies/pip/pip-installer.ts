/** What requirements.txt pins, from wheels only: nothing is built and nothing of a package is run. */
import { createHash } from 'node:crypto';
import { DependencyError } from '../dependency-error.ts';
import { fetchAndUnpack } from '../fetch-and-unpack.ts';
import { PACKAGE_LIMITS, type Installer, type PackageLimits } from '../installer.ts';
import { PackageTree } from '../package-tree.ts';
import { reasonOf } from '../reason.ts';
import { packageIndex, type PackageIndex, type WheelFile } from './package-index.ts';
import {
  normalName,
  readRequirements,
  requirementLines,
  REQUIREMENTS,
  type Requirement,
} from './requirements.ts';
import { fitness, readWheelName, type PythonPlatform } from './wheel-tags.ts';
import { unpackWheel } from './wheel.ts';

export interface PipOptions {
  /** Address of an index, or a directory of wheels; empty: functions with dependencies are refused. */
  index: string;
  /** Undefined where there is no Python. */
  platform: () => Promise<PythonPlatform | undefined>;
  limits?: Partial<PackageLimits>;
}

/** Part of the digest: what is installed of the same file changes with it. */
const layout = 1;

export function pipInstaller({ index: place, platform, limits: given }: PipOptions): Installer {
  const limits = { ...PACKAGE_LIMITS, ...given };
  const index = place === '' ? undefined : packageIndex(place, limits.downloadBytes);
  return {
    language: 'python',
    async plan(files) {
      const lines = requirementLines(files);
      if (lines.length === 0) return undefined;
      if (index === undefined) {
        const fix = 'start it with --pip-index';
        throw new DependencyError(REQUIREMENTS, `this server installs no packages of Python: ${fix}.`);
      }
      const here = await platform();
      if (here === undefined)
        throw new DependencyError(REQUIREMENTS, 'there is no Python that it could be for.');
      const requirements = readRequirements(lines, here, limits.packages);
      if (requirements.length === 0) return undefined;
      const content = requirements.map(({ name, version, sha256 }) => [name, version, [...sha256].sort()]);
      const text = JSON.stringify(['pip', layout, here, content]);
      const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
      return {
        digest,
        install: (directory, signal) => install(directory, requirements, { index, here, limits }, signal),
      };
    },
  };
}

async function install(
  directory: string,
  requirements: readonly Requirement[],
  { index, here, limits }: { index: PackageIndex; here: PythonPlatform; limits: PackageLimits },
  signal: AbortSignal,
): Promise<void> {
  const tree = new PackageTree(directory, limits);
  const download = async (each: Requirement, file: string, stop: AbortSignal) => {
    const wheels = await index.wheels(each.name, stop).catch((error: Error) => {
      throw failure(each, `${index.place} cannot be asked for it: ${reasonOf(error)}`, error);
    });
    const wheel = bestWheel(each, wheels, here);
    if (wheel === undefined) {
      const python = `Python 3.${here.minor} on ${here.machine} (${here.libc.name})`;
      throw failure(each, `${index.place} has no wheel of it for ${python} with one of its hashes.`);
    }
    const digest = await wheel.fetch(file, stop).catch((error: Error) => {
      throw failure(each, `${wheel.name} cannot be fetched: ${reasonOf(error)}`, error);
    });
    if (each.sha256.includes(digest)) return;
    throw failure(each, `${wheel.name} is not what its hashes say. Make ${REQUIREMENTS} anew, and look why.`);
  };
  const unpack = (each: Requirement, file: string) =>
    unpackWheel(file, tree, limits.files, signal).catch((error: Error) => {
      throw failure(each, `its wheel cannot be used: ${reasonOf(error)}`, error);
    });
  await fetchAndUnpack(directory, requirements, { download, unpack }, signal);
}

/** Of those whose hash is known, one that is asked for. */
function bestWheel(
  { name, version, sha256 }: Requirement,
  wheels: readonly WheelFile[],
  here: PythonPlatform,
): WheelFile | undefined {
  let best: { wheel: WheelFile; score: number } | undefined;
  for (const wheel of wheels) {
    const read = readWheelName(wheel.name);
    if (read === undefined || normalName(read.name) !== name || !isSameVersion(read.version, version))
      continue;
    if (wheel.sha256 !== undefined && !sha256.includes(wheel.sha256)) continue;
    const score = fitness(read, here);
    if (score !== undefined && (best === undefined || score > best.score)) best = { wheel, score };
  }
  return best?.wheel;
}

/** `1.0` is `1.0.0` (PEP 440), and files have `_` for what no file's name may have. */
const isSameVersion = (one: string, other: string) => normalVersion(one) === normalVersion(other);
function normalVersion(version: string): string {
  let short = version.toLowerCase().replaceAll('_', '-').replace(/^v/, '');
  while (short.endsWith('.0')) short = short.slice(0, -'.0'.length);
  return short;
}

function failure({ name, version }: Requirement, message: string, cause?: Error): DependencyError {
  return new DependencyError(REQUIREMENTS, `package ${name} ${version}: ${message}`, { cause });
}
