/** Which wheels a Python loads (PEP 425, 600 and 656), and which of several fits best. */

export interface PythonPlatform {
  /** `3.11.2` */
  version: string;
  /** Of Python 3. */
  minor: number;
  /** As wheels name it: `x86_64`, `aarch64`. */
  machine: string;
  /** Which C library, with the minor version of its first or second major one: glibc 2.36, musl 1.2. */
  libc: { name: 'glibc' | 'musl'; minor: number };
}

export interface WheelName {
  /** As in the file's name. */
  name: string;
  version: string;
  pythons: readonly string[];
  abis: readonly string[];
  platforms: readonly string[];
}

/** Of `name-1.0-py3-none-any.whl`, maybe with a build number behind the version. */
export function readWheelName(file: string): WheelName | undefined {
  const [, name, version, python, abi, platform] =
    /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file) ?? [];
  if (name === undefined || version === undefined) return undefined;
  const tags = (text = '') => text.split('.');
  return { name, version, pythons: tags(python), abis: tags(abi), platforms: tags(platform) };
}

/** The higher the better; undefined: it cannot be loaded. Built for this machine and version comes before pure Python. */
export function fitness(wheel: WheelName, here: PythonPlatform): number | undefined {
  const best = (scores: (number | undefined)[]) => {
    const found = scores.filter((score) => score !== undefined);
    return found.length === 0 ? undefined : Math.max(...found);
  };
  const platform = best(wheel.platforms.map((each) => platformScore(each, here)));
  const interpreter = best(
    wheel.pythons.flatMap((python) => wheel.abis.map((abi) => interpreterScore(python, abi, here))),
  );
  return platform === undefined || interpreter === undefined ? undefined : interpreter * 1000 + platform;
}

function interpreterScore(python: string, abi: string, { minor }: PythonPlatform): number | undefined {
  const [, implementation, version = ''] = /^(cp|py)3(\d*)$/.exec(python) ?? [];
  const older = version === '' ? 0 : Number(version);
  if (implementation === undefined || older > minor) return undefined;
  if (abi === 'none') return implementation === 'py' ? 1 : older === minor ? 2 : undefined;
  if (implementation !== 'cp') return undefined;
  if (abi === `cp3${minor}` && older === minor) return 4;
  return abi === 'abi3' && older >= 2 ? 3 : undefined;
}

const namedLinux: Readonly<Record<string, number>> = { manylinux1: 5, manylinux2010: 12, manylinux2014: 17 };

/** 1 for `any`; else the newer the C library it was built for, the better. */
function platformScore(platform: string, { machine, libc }: PythonPlatform): number | undefined {
  if (platform === 'any') return 1;
  if (platform === `linux_${machine}`) return 2;
  const [, kind, digits, builtFor, builtOn] =
    /^(manylinux|musllinux)(?:(\d{1,4})|_\d_(\d{1,3}))_(\w+)$/.exec(platform) ?? [];
  if (kind === undefined || builtOn !== machine) return undefined;
  if ((kind === 'musllinux') !== (libc.name === 'musl')) return undefined;
  const needs = digits === undefined ? Number(builtFor) : namedLinux[`${kind}${digits}`];
  return needs !== undefined && needs <= libc.minor ? 3 + needs : undefined;
}
