import type { NpmPlatform } from './lockfile.ts';

/** Of the Node.js that runs this server, which functions run on too. */
export function npmPlatform(): NpmPlatform {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const libc = header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return { os: process.platform, cpu: process.arch, libc };
}
