/** node_modules as package-lock.json has it. Scripts of packages are files like others: nothing runs them. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DependencyError } from '../dependency-error.ts';
import { fetchAndUnpack } from '../fetch-and-unpack.ts';
import { PACKAGE_LIMITS, type Installer, type PackageLimits } from '../installer.ts';
import { PackageOrigin } from '../package-origin.ts';
import { PackageTree } from '../package-tree.ts';
import { reasonOf } from '../reason.ts';
import { LOCKFILE, lockedPackages, type LockedPackage, type NpmPlatform } from './lockfile.ts';
import { unpackTarball } from './tarball.ts';

export interface NpmOptions {
  /** Address of the registry; empty: none is asked, and functions with dependencies are refused. */
  registry: string;
  platform: NpmPlatform;
  limits?: Partial<PackageLimits>;
}

/** Written into lockfiles in place of whatever registry a user has. */
const usualRegistry = 'https://registry.npmjs.org';
/** Part of the digest: what is installed of the same lockfile changes with it. */
const layout = 1;

export function npmInstaller({ registry, platform, limits: given }: NpmOptions): Installer {
  const limits = { ...PACKAGE_LIMITS, ...given };
  const origin = registry === '' ? undefined : new PackageOrigin(registry);
  return {
    language: 'nodejs',
    async plan(files) {
      const packages = lockedPackages(files, platform, limits.packages);
      if (packages.length === 0) return undefined;
      if (Object.keys(files).some((name) => name.startsWith('node_modules/')))
        throw new DependencyError(
          LOCKFILE,
          'send either it or node_modules: the packages come from the lock file.',
        );
      if (origin === undefined) {
        const fix = 'start it with --npm-registry, or send the packages among the files';
        throw new DependencyError(LOCKFILE, `this server installs no packages of npm: ${fix}.`);
      }
      const located = packages.map((each) => ({ ...each, url: addressOf(origin, each) }));
      // With the address: what fails at one lockfile's addresses is nothing to do with another's.
      const content = located.map(({ path, sha512, url }) => [path, sha512, url.href]);
      const text = JSON.stringify(['npm', layout, platform, content]);
      const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
      return { digest, install: (directory, signal) => install(directory, located, origin, limits, signal) };
    },
  };
}

/** Throws `DependencyError` where the lockfile names another place than the registry. */
function addressOf(origin: PackageOrigin, { path, name, version, resolved }: LockedPackage): URL {
  const { base } = origin;
  const usual = `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  const text = resolved?.startsWith(`${usualRegistry}/`)
    ? resolved.slice(usualRegistry.length + 1)
    : resolved;
  const url = URL.canParse(text ?? usual, base.href) ? new URL(text ?? usual, base) : undefined;
  if (url !== undefined && origin.holds(url) && url.search === '' && url.hash === '') return url;
  throw new DependencyError(
    LOCKFILE,
    `packages["node_modules/${path}"].resolved is ${JSON.stringify(resolved?.slice(0, 200))}, and this server asks ` +
      `${base.href} only: make the lockfile with that registry, or start the server with --npm-registry.`,
  );
}

type LocatedPackage = LockedPackage & { url: URL };

async function install(
  directory: string,
  packages: readonly LocatedPackage[],
  origin: PackageOrigin,
  limits: PackageLimits,
  signal: AbortSignal,
): Promise<void> {
  // By that name Node.js finds what packages need of each other.
  const tree = new PackageTree(join(directory, 'node_modules'), limits);
  const download = async (each: LocatedPackage, file: string, stop: AbortSignal) => {
    const bounds = { bytes: limits.downloadBytes, algorithm: 'sha512' };
    const digest = await origin.download(each.url, file, bounds, stop).catch((error: Error) => {
      throw failure(each, `it cannot be fetched: ${reasonOf(error)}`, error);
    });
    if (each.sha512.includes(digest.toString('base64'))) return;
    throw failure(
      each,
      `${each.url.href} is not what its integrity says. Make the lockfile anew, and look why.`,
    );
  };
  const unpack = (each: LocatedPackage, file: string) =>
    unpackTarball(file, tree, each.path, limits, signal).catch((error: Error) => {
      throw failure(each, `its tarball cannot be used: ${reasonOf(error)}`, error);
    });
  await fetchAndUnpack(directory, packages, { download, unpack }, signal);
}

function failure({ path, version }: LockedPackage, message: string, cause?: Error): DependencyError {
  return new DependencyError(LOCKFILE, `package ${path} ${version}: ${message}`, { cause });
}
