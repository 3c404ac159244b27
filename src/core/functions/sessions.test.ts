import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import { createMemoryCache } from '../../coordination/memory/memory-cache.ts';
import { Expiry } from '../../control/expiry.ts';
import { AppError } from '../errors.ts';
import { SandboxError, type ClaimRequest, type Invocation, type SandboxPool } from '../ports/sandbox.ts';
import { unauthenticated, type Principal } from '../principal.ts';
import { Activity } from './activity.ts';
import { findFunction } from './catalogue.ts';
import type { FunctionsCore } from './context.ts';
import { EventQueue } from './event-queue.ts';
import { execute, invoke } from './execution.ts';
import { FunctionError } from './function-error.ts';
import { LiveSandboxes } from './live-sandboxes.ts';
import { createFunction, deleteFunction } from './publication.ts';
import { ResultCache, usualCaching } from './result-cache.ts';
import { programsOf } from '../../runtimes/programs.ts';
import { SessionQueue } from './session-queue.ts';
import { describeSession, initialize } from './sessions.ts';
import { CheckCache } from './validation.ts';

const principal = unauthenticated('000000000000');
const hourMs = 3_600_000;
const bounds = { most: 8, mostBytes: 1_000_000 };

/** Answers with what it was asked, and notes it; runs no code. */
class EchoPool {
  claimed: ClaimRequest[] = [];
  invoked: Invocation[] = [];
  fail: SandboxError | undefined;
  health = () => ({ nodejs: { status: 'ok' as const, version: 'v20' } });

  async claim(request: ClaimRequest) {
    this.claimed.push(request);
    return {
      alive: true,
      destroy: async () => undefined,
      invoke: async (invocation: Invocation) => {
        this.invoked.push(invocation);
        if (this.fail !== undefined) throw this.fail;
        const output = { stdout: '', stderr: '', droppedBytes: 0 };
        return { result: invocation.params, output, durationMs: 1 };
      },
    };
  }
}

let test: TestCore;
let core: FunctionsCore;
let pool: EchoPool;
let outcomes: [language: string, outcome: string][];

beforeEach(async () => {
  test = await openTestCore();
  pool = new EchoPool();
  outcomes = [];
  const { store, clock } = test;
  const onError = (error: unknown) => {
    throw error;
  };
  core = {
    store,
    clock,
    sealer: { seal: (text) => `sealed ${text}`, open: (sealed) => sealed.slice('sealed '.length) },
    pool: pool as unknown as SandboxPool,
    sourceFiles: { nodejs: 'index.js' },
    checks: new CheckCache(),
    results: new ResultCache({ cache: createMemoryCache({ maxBytes: 1_000_000, clock }), clock }),
    sandboxes: new LiveSandboxes({ pool: pool as unknown as SandboxPool, clock, most: 8, onError }),
    queue: new SessionQueue({ clock, maxWaiting: 8 }),
    events: new EventQueue({ atOnce: 1, ofAll: bounds, ofOwner: bounds, onError }),
    activity: new Activity({ store, clock, onError }),
    programs: programsOf([]),
    observer: { executed: (language, outcome) => outcomes.push([language, outcome]), ran: () => undefined },
  };
  await createFunction(core, principal, 'nodejs-echo', { source: 'x', secrets: { TOKEN: 't' } });
});
afterEach(() => test.dispose());

const tenancy = (key: string) => ({
  key,
  owner: 'o',
  expiresAt: Number.MAX_SAFE_INTEGER,
  request: () => ({ runtime: 'nodejs', use: { principal: 'o', session: key } }) as ClaimRequest,
});
const begin = (requestId: string, context = {}) =>
  initialize(core, principal, { reference: 'nodejs-echo', requestId, context });
const run = (requestId: string, params: unknown) =>
  execute(core, principal, { requestId, params, caching: usualCaching });

describe('a session', () => {
  it('is refused where those of its caller keep too much, and not to others', async () => {
    const context = { text: 'x'.repeat(60_000), retain_session: false };
    const most = (64 * 1024) / 64;
    await Promise.all(Array.from({ length: most }, (_, number) => begin(`large-${number}`, context)));
    await expect(begin('one-more', context)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfter: 60 },
    });
    await expect(begin('small')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    const other = { ...principal, subject: 'other' };
    await initialize(core, other, { reference: 'nodejs-echo', requestId: 'large-0', context });
  });

  it('ends after two hours, stays to be seen for one more, and is forgotten then', async () => {
    await begin('s');
    expect((await run('s', 1)).result).toBe('1');
    test.clock.advance(2 * hourMs - 1);
    expect((await run('s', 2)).result).toBe('2');
    test.clock.advance(1);
    await expect(run('s', 3)).rejects.toMatchObject({ code: 'ResourceNotFound' });
    expect(await describeSession(core, principal, 's')).toMatchObject({
      status: 'expired',
      session: { executionCount: 2 },
    });
    const expiry = new Expiry({
      core,
      logs: { remove: async () => undefined } as never,
      onError: () => undefined,
    });
    test.clock.advance(hourMs);
    await expiry.sweep();
    expect((await describeSession(core, principal, 's')).status).toBe('expired');
    test.clock.advance(1);
    await expiry.sweep();
    await expect(describeSession(core, principal, 's')).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  it('takes timeout_ms up to five minutes, 30 seconds where nothing is said', async () => {
    for (const [id, context, timeoutMs] of [
      ['a', {}, 30_000],
      ['b', { timeout_ms: 1000 }, 1000],
      ['c', { timeout_ms: 900_000 }, 300_000],
    ] as const) {
      await begin(id, context);
      await run(id, {});
      expect(pool.invoked.at(-1)).toMatchObject({ timeoutMs, context });
    }
  });

  it('is not there for a caller whose subject and id make up the same key', async () => {
    const as = (subject: string) => ({ ...principal, subject });
    const reference = 'nodejs-echo';
    await initialize(core, as('ann'), { reference, requestId: 'x/s' });
    await expect(describeSession(core, as('ann/x'), 's')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    const call = { requestId: 's', params: 1, caching: usualCaching };
    await expect(execute(core, as('ann/x'), call)).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  it("is a token's by maker and name, and counts as its maker's", async () => {
    const token = (subject: string, maker: Partial<Principal>): Principal => ({
      ...principal,
      kind: 'token',
      subject,
      ...maker,
    });
    const ann = token('token:ci', { madeBy: ['user:ann'] });
    const reference = 'nodejs-echo';
    await initialize(core, ann, { reference, requestId: 's' });
    const call = { requestId: 's', params: 1, caching: usualCaching };
    expect(await execute(core, { ...ann, keyId: 'another' }, call)).toMatchObject({ cached: false });
    for (const other of [
      token('token:ci', { issuedBy: 'lsk_1' }),
      token('token:cd', { madeBy: ['user:ann'] }),
      token('user:ann', {}),
      token('token:ci', {}),
    ]) {
      await expect(execute(core, other, call)).rejects.toMatchObject({ code: 'ResourceNotFound' });
      await expect(describeSession(core, other, 's')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    }
    const once = { reference, requestId: 'r', params: 2, caching: usualCaching };
    await invoke(core, ann, once);
    expect(await invoke(core, ann, once)).toMatchObject({ cached: true });
    expect(await invoke(core, token('token:ci', { issuedBy: 'lsk_1' }), once)).toMatchObject({
      cached: false,
    });
    const owner = '000000000000/user:ann';
    expect(await test.store.read.sessions.count({ owner })).toBe(1);
    await initialize(core, token('token:cd', { madeBy: ['user:ann'] }), { reference, requestId: 's' });
    expect(await test.store.read.sessions.count({ owner })).toBe(2);
  });

  it('is begun again never: what failed was asked once', async () => {
    await begin('s');
    pool.fail = new SandboxError('TIMEOUT', 'late');
    await expect(run('s', 1)).rejects.toMatchObject({ code: 'TIMEOUT' });
    pool.fail = new SandboxError('OUT_OF_MEMORY', 'too much');
    await expect(run('s', 2)).rejects.toMatchObject({
      code: 'RUNTIME_ERROR',
      details: { reason: 'OUT_OF_MEMORY' },
    });
    expect(pool.invoked).toHaveLength(2);
    expect((await describeSession(core, principal, 's')).session.executionCount).toBe(2);
  });

  it('counts what was begun or answered from the cache, and nothing else', async () => {
    await begin('s');
    await run('s', 1);
    await run('s', 1);
    let end!: () => void;
    const held = new Promise<void>((resolve) => (end = resolve));
    const running = core.queue.run('000000000000/local/s', Number.MAX_SAFE_INTEGER, () => held);
    const waiting = Array.from({ length: 9 }, (_, n) => run('s', n + 2));
    const refused = await Promise.race(waiting.map((each) => each.catch((error: unknown) => error)));
    expect(refused).toMatchObject({ code: 'RATE_LIMITED' });
    end();
    await running;
    const answers = await Promise.allSettled(waiting);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    expect((await describeSession(core, principal, 's')).session.executionCount).toBe(10);
  });

  it('counts nothing that found no sandbox', async () => {
    await begin('s', { retain_session: false });
    for (const code of ['SANDBOXES_EXHAUSTED', 'INITIALIZATION_ERROR', 'UNAVAILABLE'] as const) {
      vi.spyOn(pool, 'claim').mockRejectedValueOnce(new SandboxError(code, 'none'));
      await expect(run('s', code)).rejects.toBeInstanceOf(FunctionError);
    }
    expect(await describeSession(core, principal, 's')).toMatchObject({
      status: 'initialized',
      session: { executionCount: 0, lastExecutedAt: 0 },
    });
    await Promise.all([run('s', 1), run('s', 2)]);
    expect((await describeSession(core, principal, 's')).session.executionCount).toBe(2);
  });

  it('tells what came of each execution, and where it never began', async () => {
    const schema = { params: { type: 'number' } };
    await createFunction(core, principal, 'nodejs-strict', { source: 'x', schema });
    await initialize(core, principal, { reference: 'nodejs-strict', requestId: 's' });
    await run('s', 1);
    await run('s', 1);
    await expect(run('s', 'one')).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
    pool.fail = new SandboxError('TIMEOUT', 'late');
    await expect(run('s', 2)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(run('nobody', 1)).rejects.toMatchObject({ code: 'ResourceNotFound' });
    expect(outcomes).toEqual(
      ['ok', 'cached', 'INVALID_PARAMS', 'TIMEOUT'].map((outcome) => ['nodejs', outcome]),
    );
  });

  it('leaves nothing where its code cannot be loaded', async () => {
    pool.claim = async () => Promise.reject(new SandboxError('OUT_OF_MEMORY', 'too much'));
    await expect(begin('s')).rejects.toMatchObject({ code: 'INITIALIZATION_ERROR' });
    await expect(describeSession(core, principal, 's')).rejects.toBeInstanceOf(AppError);
  });

  it.each([true, false])(
    'that cannot be loaded runs nothing that waits for it (loads later: %s)',
    async (loads) => {
      const failure = new SandboxError('INITIALIZATION_ERROR', 'SyntaxError');
      const claim = vi.spyOn(pool, 'claim');
      let fail!: () => void;
      claim.mockReturnValueOnce(new Promise((_, reject) => (fail = () => reject(failure))));
      const beginning = begin('s');
      await vi.waitFor(() => expect(claim).toHaveBeenCalled());
      const waiting = run('s', 1);
      await vi.waitFor(() => expect(core.queue.waiting).toBe(1));
      if (!loads) claim.mockRejectedValueOnce(failure);
      fail();
      await Promise.all([
        expect(beginning).rejects.toMatchObject({ code: 'INITIALIZATION_ERROR' }),
        expect(waiting).rejects.toMatchObject({ code: 'ResourceNotFound' }),
      ]);
      expect(pool.invoked).toEqual([]);
      expect(core.sandboxes.size).toBe(0);
      await expect(describeSession(core, principal, 's')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    },
  );

  it('whose turn to be loaded did not come ends with the sandbox that an execution holds', async () => {
    let begun!: () => void;
    const held = new Promise<void>((resolve) => (begun = resolve));
    const running = core.queue.run('000000000000/local/s', Number.MAX_SAFE_INTEGER, () => held);
    const beginning = begin('s');
    await vi.waitFor(() => expect(core.queue.waiting).toBe(1));
    await core.sandboxes.acquire({ ...tenancy('000000000000/local/s'), deadline: test.clock.now() + 1000 });
    test.clock.advance(30_000);
    await expect(beginning).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(core.sandboxes.size).toBe(0);
    begun();
    await running;
  });

  it.each(['UNAVAILABLE', 'SANDBOX_ENDED'] as const)(
    'blames no code where the machine failed: %s',
    async (code) => {
      pool.claim = async () =>
        Promise.reject(new SandboxError(code, 'runc: open /run/x/y: too many open files'));
      await expect(begin('s')).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
      const call = { reference: 'nodejs-echo', requestId: 'r', params: 1, caching: usualCaching };
      const error: unknown = await invoke(core, principal, call).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: code === 'UNAVAILABLE' ? 'INTERNAL_ERROR' : 'RUNTIME_ERROR' });
      if (code === 'UNAVAILABLE') expect(String(error)).not.toContain('runc');
    },
  );

  it('gives the secrets to its sandbox, and keeps them sealed', async () => {
    await begin('s');
    expect(pool.claimed.at(-1)).toMatchObject({
      environment: { TOKEN: 't' },
      use: { principal: '000000000000/local', session: '000000000000/local/s' },
    });
    const [version] = await test.store.read.functionVersions.find({ limit: 1 });
    expect(version).toMatchObject({ sealedSecrets: 'sealed {"TOKEN":"t"}', secretNames: ['TOKEN'] });
  });
});

describe('invoke', () => {
  it('takes a fresh sandbox each time, and none for what is cached', async () => {
    const call = (params: unknown) =>
      invoke(core, principal, { reference: 'nodejs-echo', requestId: 'r', params, caching: usualCaching });
    const before = pool.claimed.length;
    expect(await call({ a: 1, b: 2 })).toMatchObject({ cached: false, result: '{"a":1,"b":2}' });
    expect(await call({ b: 2, a: 1 })).toMatchObject({ cached: true });
    expect(await call({ a: 2 })).toMatchObject({ cached: false });
    const sessions = pool.claimed.slice(before).map(({ use }) => use.session);
    expect(new Set(sessions).size).toBe(2);
  });

  it('runs the version that was meant, and nothing that came in its place', async () => {
    const reference = 'nodejs-echo:1';
    const { version } = await findFunction(core, principal, reference);
    const call = { reference, versionId: version.id, requestId: 'r', params: 1, caching: usualCaching };
    await invoke(core, principal, call);
    await deleteFunction(core, principal, 'nodejs-echo');
    await createFunction(core, principal, 'nodejs-echo', { source: 'other' });
    await expect(invoke(core, principal, { ...call, params: 2 })).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
  });
});
