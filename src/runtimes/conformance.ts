/** What every runtime must do, run in real sandboxes. A runtime's tests call it with programs in its language. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionCode, Runtime } from '../core/ports/runtime.ts';
import type { ClaimRequest, Sandbox, SandboxPool } from '../core/ports/sandbox.ts';
import { SandboxError } from '../core/ports/sandbox.ts';
import { prepareKits } from '../../test/fixtures/artifacts.ts';
import { openTestPool } from '../../test/fixtures/sandbox-pool.ts';

/** Programs that do the same in every language. */
export interface ConformancePrograms {
  /** Answers `{ params, context }`. In every form that a handler may have, by name. */
  echo: Record<string, string>;
  /**
   * Each execution is a process of its own, whose standard output is its result: it knows no positions in the source,
   * and its end is not the session's.
   */
  areProcesses?: true;
  /** Answers how often it was called, counted in a variable of the module, or in a file. */
  counter: string;
  /** Throws an error with the message "boom" on line 3; `column` is where the language says it is. */
  boom: { source: string; column?: number; frame?: RegExp };
  /** Does not parse, on line 2; `message` is what the language calls it. Absent: who runs it finds out. */
  syntaxError?: { source: string; message: string };
  /** Throws while it is loaded, or compiled. */
  loadError: string;
  noHandler: string;
  /** Answers with something that is no JSON. Absent: the language knows better. */
  noJson?: string;
  /** Writes "to stdout" and "to stderr", each a line; only the second where standard output is the result. */
  prints: string;
  /** Runs for ever without giving way. */
  loop: string;
  /** Ends its own process with code 3. */
  exits: string;
  /** Answers with the environment variable SECRET. */
  environment: string;
  /** Two files; the entry takes the answer of the handler, "from the other file", from the second. */
  twoFiles: FunctionCode['files'];
  /** Answers a string of `params.size` letters. */
  large: string;
  /** Answers lists in lists, `params.depth` deep. */
  deep: string;
  /** Answers a random number of the language's usual generator. */
  random: string;
}

export function runtimeConformance(runtime: Runtime, programs: ConformancePrograms): void {
  describe(`runtime ${runtime.name}`, { timeout: 60_000 }, () => {
    let pool: SandboxPool;
    beforeAll(() => prepareKits([runtime]), 300_000);
    beforeAll(async () => {
      pool = await openTestPool([runtime], { warm: 2 });
    });
    afterAll(() => pool.close());

    const claim = (files: string | FunctionCode['files'], request: Partial<ClaimRequest> = {}) => {
      const all = typeof files === 'string' ? { [runtime.sourceFile]: files } : files;
      return pool.claim({
        runtime: runtime.name,
        use: { principal: 'user:test', session: 'session' },
        code: { digest: 'test', files: all, entry: Object.keys(all)[0] as string },
        environment: {},
        timeoutMs: 20_000,
        ...request,
      });
    };
    const using = async <T>(source: string, use: (sandbox: Sandbox) => Promise<T>) => {
      const sandbox = await claim(source);
      return use(sandbox).finally(() => sandbox.destroy());
    };
    const call = (sandbox: Sandbox, params: unknown = {}, timeoutMs = 20_000) =>
      sandbox.invoke({ params, context: {}, timeoutMs });
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        (value) => expect.fail(`it should have failed, but answered ${JSON.stringify(value)}`),
        (error: unknown) => {
          expect(error).toBeInstanceOf(SandboxError);
          return error as SandboxError;
        },
      );

    it('is available here, or says what to do', async () => {
      expect(pool.health()).toEqual({
        [runtime.name]: { status: 'ok', version: expect.any(String) as string },
      });
    });

    describe.each(Object.entries(programs.echo))('a handler as %s', (_, source) => {
      it('gets params and context and answers with JSON as it is', async () => {
        const params = {
          text: 'zażółć \u2028 " \\ 🦀',
          list: [1, -2.5, null, true],
          empty: {},
          nested: { a: [[]] },
        };
        const context = { request_id: 'r', environment: 'production' };
        await using(source, async (sandbox) => {
          for (const each of [
            params,
            [],
            null,
            'text',
            0,
            JSON.parse('{"__proto__":{"x":1},"constructor":2}') as unknown,
          ]) {
            const { result } = await sandbox.invoke({ params: each, context, timeoutMs: 5_000 });
            expect(JSON.stringify(result)).toBe(JSON.stringify({ params: each, context }));
          }
        });
      });
    });

    it('keeps process and module state between invocations, and for one session only', async () => {
      await using(programs.counter, async (first) => {
        expect((await call(first)).result).toBe(1);
        expect((await call(first)).result).toBe(2);
        await using(programs.counter, async (second) => {
          expect((await call(second)).result).toBe(1);
        });
        expect((await call(first)).result).toBe(3);
      });
    });

    it.runIf(programs.areProcesses)(
      'reports what failed, keeps what it said of it, and goes on',
      async () => {
        await using(programs.boom.source, async (sandbox) => {
          const error = await failure(call(sandbox));
          expect(error).toMatchObject({ code: 'RUNTIME_ERROR', position: {} });
          expect(error.output.stderr).toContain('boom');
          expect(sandbox.alive).toBe(true);
          expect((await failure(call(sandbox))).code).toBe('RUNTIME_ERROR');
        });
      },
    );

    it.skipIf(programs.areProcesses)(
      'reports what was thrown with line and column, and goes on',
      async () => {
        await using(programs.boom.source, async (sandbox) => {
          const error = await failure(call(sandbox));
          expect(error).toMatchObject({
            code: 'RUNTIME_ERROR',
            message: expect.stringContaining('boom') as string,
          });
          expect(error.position).toMatchObject({
            file: runtime.sourceFile,
            line: 3,
            column: programs.boom.column,
          });
          expect(error.position.stack_trace).toMatch(programs.boom.frame as RegExp);
          expect(error.position.stack_trace).not.toMatch(/launcher/);
          expect(sandbox.alive).toBe(true);
          expect((await failure(call(sandbox))).code).toBe('RUNTIME_ERROR');
        });
      },
    );

    it.skipIf(programs.syntaxError === undefined)(
      'reports code that does not parse with its line',
      async () => {
        const { source, message } = programs.syntaxError as { source: string; message: string };
        const error = await failure(claim(source));
        expect(error.code).toBe('INITIALIZATION_ERROR');
        expect(error.message).toContain(message);
        expect(error.position).toMatchObject({ line: 2, column: expect.any(Number) as number });
      },
    );

    it('reports code that fails while it is loaded, or has no handler', async () => {
      const thrown = await failure(claim(programs.loadError));
      const position = programs.areProcesses ? {} : { line: expect.any(Number) as number };
      expect(thrown).toMatchObject({ code: 'INITIALIZATION_ERROR', position });
      const none = await failure(claim(programs.noHandler));
      expect(none.code).toBe('INITIALIZATION_ERROR');
      expect(none.message).toContain('handler');
      // It is told before the processes are gone, which are counted until then.
      await expect.poll(() => pool.stats()[runtime.name]?.claimed, { timeout: 5000 }).toBe(0);
    });

    it('refuses a result that is no JSON, is too large or too deep, and goes on', async () => {
      if (programs.noJson !== undefined)
        await using(programs.noJson, async (sandbox) => {
          expect(await failure(call(sandbox))).toMatchObject({
            code: 'RUNTIME_ERROR',
            message: expect.stringContaining('no JSON') as string,
          });
        });
      const sandbox = await claim(programs.large, { limits: { resultBytes: 10_000 } });
      expect((await failure(call(sandbox, { size: 10_000 }))).code).toBe('OUTPUT_LIMIT');
      expect((await call(sandbox, { size: 9_000 })).result).toHaveLength(9_000);
      await sandbox.destroy();
      await using(programs.deep, async (each) => {
        expect((await failure(call(each, { depth: 600 }))).code).toBe('OUTPUT_LIMIT');
        expect(JSON.stringify((await call(each, { depth: 500 })).result)).toHaveLength(1_000);
      });
    });

    it('refuses params that are too large before they are sent', async () => {
      const sandbox = await claim(programs.counter, { limits: { paramsBytes: 1_000 } });
      expect((await failure(call(sandbox, 'é'.repeat(600)))).code).toBe('PARAMS_LIMIT');
      expect((await call(sandbox)).result).toBe(1);
      await sandbox.destroy();
    });

    it('takes params and gives results of megabytes', async () => {
      await using(Object.values(programs.echo)[0] as string, async (sandbox) => {
        const params = 'x'.repeat(5_000_000);
        expect((await call(sandbox, params)).result).toEqual({ params, context: {} });
      });
    });

    it('captures what each execution writes, and no other', async () => {
      const printed = { stdout: programs.areProcesses ? '' : 'to stdout\n', stderr: 'to stderr\n' };
      await using(programs.prints, async (sandbox) => {
        for (let turn = 0; turn < 3; turn += 1) {
          const { output } = await call(sandbox);
          expect(output).toEqual({ ...printed, droppedBytes: 0 });
        }
      });
      const small = await claim(programs.prints, { limits: { outputBytes: 4 } });
      const { stdout, stderr, droppedBytes } = (await call(small)).output;
      expect(`${stdout}${stderr}`).toHaveLength(4);
      expect(droppedBytes).toBe(printed.stdout.length + printed.stderr.length - 4);
      await small.destroy();
    });

    it('kills at the deadline what gives no answer', async () => {
      const sandbox = await claim(programs.loop);
      const begin = performance.now();
      const error = await failure(call(sandbox, {}, 300));
      expect(error.code).toBe('TIMEOUT');
      expect(performance.now() - begin).toBeGreaterThanOrEqual(299);
      expect(sandbox.alive).toBe(false);
      await sandbox.ended;
      expect((await failure(call(sandbox))).code).toBe('SANDBOX_ENDED');
    });

    it('says so when the function ends its process', async () => {
      const sandbox = await claim(programs.exits);
      const error = await failure(call(sandbox));
      expect(error).toMatchObject({
        code: 'RUNTIME_ERROR',
        message: expect.stringMatching(/exit code 3|3/) as string,
      });
      if (programs.areProcesses) {
        expect(sandbox.alive).toBe(true);
        return sandbox.destroy();
      }
      await sandbox.ended;
      expect(sandbox.alive).toBe(false);
    });

    it('gives the function its environment, and nothing of the server', async () => {
      const sandbox = await claim(programs.environment, { environment: { SECRET: 'hush' } });
      expect((await call(sandbox)).result).toBe('hush');
      await sandbox.destroy();
      await using(programs.environment, async (next) => {
        expect((await call(next)).result).toBeNull();
      });
    });

    it('loads a function of several files', async () => {
      const sandbox = await claim(programs.twoFiles);
      expect((await call(sandbox)).result).toBe('from the other file');
      await sandbox.destroy();
    });

    it('runs one invocation at a time, and none after it was destroyed', async () => {
      const sandbox = await claim(programs.loop);
      const running = failure(call(sandbox));
      expect((await failure(call(sandbox))).code).toBe('SANDBOX_BUSY');
      await sandbox.destroy();
      expect((await running).code).toBe('SANDBOX_ENDED');
    });

    it('draws other random numbers in every sandbox', async () => {
      const drawn = new Set<unknown>();
      for (let count = 0; count < 12; count += 1)
        await using(programs.random, async (sandbox) => drawn.add((await call(sandbox)).result));
      expect(drawn.size).toBe(12);
    });
  });
}
