import type { PythonPlatform } from './wheel-tags.ts';

const machines: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Of the Python of that version on this machine, such as 3.11.2; undefined where none of its wheels are known. */
export function pythonPlatform(version: string): PythonPlatform | undefined {
  const minor = /^3\.(\d+)/.exec(version)?.[1];
  const machine = machines[process.arch];
  if (minor === undefined || machine === undefined) return undefined;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const glibc = /^2\.(\d+)/.exec(header.glibcVersionRuntime ?? '')?.[1];
  const libc = glibc === undefined ? { name: 'musl', minor: 2 } : { name: 'glibc', minor: Number(glibc) };
  return { version, minor: Number(minor), machine, libc: libc as PythonPlatform['libc'] };
}
