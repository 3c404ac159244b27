import { defineConfig } from 'vitest/config';

/** Whose tasks are containers of Docker or Podman. */
const onEngines = ['test/real/**/*.test.ts', 'test/crash/**/*.test.ts'];
/** The containers API over each engine. */
const ofContainers = ['test/containers/**/*.test.ts'];

function blackBox(name: string, files: { include: string[]; exclude?: string[] }) {
  return { test: { name, ...files, testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } };
}

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Those of engines, sandboxes and networks mostly wait, and what each makes bears an owner of its own.
          maxWorkers: '100%',
        },
      },
      // Of these, one file at a time each: script/test runs them side by side.
      blackBox('blackbox', { include: ['test/**/*.test.ts'], exclude: [...onEngines, ...ofContainers] }),
      blackBox('engines', { include: onEngines }),
      blackBox('containers', { include: ofContainers }),
    ],
  },
});
