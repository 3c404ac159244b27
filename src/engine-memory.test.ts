import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestCore, register, SCOPE, type TestCore } from '../test/fixtures/core.ts';
import { runTask } from './core/run-task.ts';
import { engineForTasks, rememberEngine } from './engine-memory.ts';

let test: TestCore;
beforeEach(async () => (test = await openTestCore()));
afterEach(() => test.dispose());

const choose = (wanted: string) => engineForTasks(test.directory, wanted, test.store);

it('leaves the choice open as long as no task lives', async () => {
  expect(await choose('auto')).toBe('auto');
  rememberEngine(test.directory, 'embedded');
  expect(await choose('auto')).toBe('auto');
  expect(await choose('docker')).toBe('docker');
});

it('stays with the engine that tasks run on', async () => {
  rememberEngine(test.directory, 'embedded');
  const taskDefinition = await register(test.core);
  await runTask(test.core, SCOPE, { taskDefinition });
  expect(await choose('auto')).toBe('embedded');
  expect(await choose('embedded')).toBe('embedded');
  await expect(choose('docker')).rejects.toThrow('still run on the embedded engine');
  rememberEngine(test.directory, 'simulated');
  expect(await choose('docker')).toBe('docker');
});
