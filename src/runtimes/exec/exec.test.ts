import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../../test/fixtures/attack-trial.ts';
import { openTestPool } from '../../../test/fixtures/sandbox-pool.ts';
import type { FunctionCode } from '../../core/ports/runtime.ts';
import type { SandboxPool } from '../../core/ports/sandbox.ts';
import { callRecords, nativeCode } from '../../sandboxes/attacks/native-code.ts';
import { runtimeConformance } from '../conformance.ts';
import { execRuntime } from './runtime.ts';

const shell = (...lines: string[]) => `#!/bin/sh\n${lines.join('\n')}\n`;

runtimeConformance(execRuntime, {
  areProcesses: true,
  echo: {
    'a shell script': shell('exec cat'),
    'a script with an argument for its interpreter': '#! /usr/bin/env -S sh -e\ncat\n',
  },
  counter: shell('echo >> /tmp/calls', 'wc -l < /tmp/calls'),
  boom: { source: shell('set -e', 'echo boom >&2; false') },
  loadError: '#!/usr/bin/no-such-interpreter\n',
  noHandler: 'echo hello\n',
  noJson: shell('echo hello'),
  prints: shell('echo "to stderr" >&2'),
  loop: shell('while :; do :; done'),
  exits: shell('exit 3'),
  environment: shell('if [ -n "$SECRET" ]; then echo "\\"$SECRET\\""; else echo null; fi'),
  twoFiles: {
    'main.sh': shell('. lib/other.sh', 'answer'),
    'lib/other.sh': 'answer() { echo \'"from the other file"\'; }\n',
  },
  large: shell('size=$(tr -dc 0-9)', `printf '"%s"' "$(head -c "$size" /dev/zero | tr '\\0' x)"`),
  deep: shell(
    'depth=$(tr -dc 0-9)',
    "head -c \"$depth\" /dev/zero | tr '\\0' '['",
    "head -c \"$depth\" /dev/zero | tr '\\0' ']'",
  ),
  random: shell('od -An -N6 -tu4 /dev/urandom | head -c 11'),
});

describe('a program', { timeout: 60_000 }, () => {
  let pool: SandboxPool;
  beforeAll(async () => {
    pool = await openTestPool([execRuntime]);
  });
  afterAll(() => pool.close());

  const run = async (code: Omit<FunctionCode, 'digest'>, params: unknown = {}) => {
    const sandbox = await pool.claim({
      runtime: 'exec',
      use: { principal: 'user:test', session: 'session' },
      code: { digest: 'test', ...code },
      environment: {},
      timeoutMs: 20_000,
    });
    return sandbox.invoke({ params, context: {}, timeoutMs: 20_000 }).finally(() => sandbox.destroy());
  };
  const runShell = (...lines: string[]) => run({ files: { main: shell(...lines) }, entry: 'main' });

  it.runIf(process.arch === 'x64')('is also a binary, sent in base64', async () => {
    // The native code of the attacks: getpid, asked for in a file.
    const files = {
      main: shell('./calls 0<> records', 'od -An -td8 -j56 -N8 records'),
      calls: nativeCode().toString('base64'),
      records: callRecords([[39]]).toString('base64'),
    };
    const { result } = await run({ files, base64: ['calls', 'records'], entry: 'main' });
    expect(result).toBeGreaterThan(1);
    const binary = { files: { calls: files.calls }, base64: ['calls'], entry: 'calls' };
    expect((await run(binary)).result).toBeNull();
  });

  it('need not read its input, and nothing is null', async () => {
    const code = { files: { main: shell('exec true') }, entry: 'main' };
    expect((await run(code, 'x'.repeat(1_000_000))).result).toBeNull();
  });

  it('that writes without end or takes all memory is told so, and its session goes on', async () => {
    expect(await failureOf(runShell('exec cat /dev/zero'))).toMatchObject({ code: 'OUTPUT_LIMIT' });
    const hungry = 'dd if=/dev/zero of=/dev/null bs=1000000000';
    expect(await failureOf(runShell(`exec ${hungry}`))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect(await failureOf(runShell(hungry, 'exit $?'))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect(await failureOf(runShell('kill -SEGV $$'))).toMatchObject({
      code: 'RUNTIME_ERROR',
      message: 'the program was ended by SIGSEGV',
    });
  });

  it('leaves nothing running after its answer', async () => {
    expect((await runShell('sleep 1000 > /dev/null & echo 1')).result).toBe(1);
  });
});
