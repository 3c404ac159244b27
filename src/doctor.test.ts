import { expect, it } from 'vitest';
import { functionChecks } from './doctor.ts';
import { nodejsRuntime } from './runtimes/nodejs/runtime.ts';
import { rustRuntime } from './runtimes/rust/runtime.ts';

it('tells of sandboxes and of every language, with the fix for what is missing', async () => {
  const checks = await functionChecks([nodejsRuntime, rustRuntime('/nonexistent')]);
  expect(checks).toEqual([
    {
      name: 'functions: sandboxes',
      status: 'ok',
      detail: expect.stringMatching(/\/(crun|runc), cgroups /) as string,
    },
    { name: 'functions: nodejs', status: 'ok', detail: process.version },
    {
      name: 'functions: rust',
      status: 'warn',
      detail: 'the sources of serde_json are not in /nonexistent',
      fix: 'apt-get install librust-serde-json-dev',
    },
  ]);
});
