import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../test/fixtures/core.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import { unauthenticated } from '../principal.ts';
import type { FunctionDefinition } from './definition.ts';
import { installSamples } from './samples.ts';
import { findFunction, rollBack } from './catalogue.ts';
import { createFunction, updateFunction } from './publication.ts';
import { openSecrets } from './secrets.ts';

const principal = unauthenticated('000000000000');
const healthy = { status: 'ok', version: '1' };
let test: TestCore;
let core: Parameters<typeof createFunction>[0];
/** Every function is found good once this has resolved. */
let verified: () => Promise<void>;
/** Of the sandboxes in which functions were tried. */
let environments: Readonly<Record<string, string>>[];

beforeEach(async () => {
  test = await openTestCore();
  verified = async () => undefined;
  environments = [];
  core = {
    store: test.store,
    clock: test.clock,
    sealer: { seal: (text) => `sealed ${text}`, open: (sealed) => sealed.slice('sealed '.length) },
    pool: { health: () => ({ nodejs: healthy, python: healthy }) } as unknown as typeof core.pool,
    sourceFiles: { nodejs: 'index.js', python: 'index.py' },
    sandboxes: {
      acquire: async ({ request }: Parameters<typeof core.sandboxes.acquire>[0]) => {
        environments.push(request().environment);
        await verified();
        return undefined as unknown as Sandbox;
      },
      discard: async () => undefined,
      endOf: async () => undefined,
    } as unknown as typeof core.sandboxes,
  };
});
afterEach(() => test.dispose());

/** As AWS Lambda's API makes it. */
const lambda = (name: string): FunctionDefinition => ({
  source: 'x',
  lambda: {
    ...{ name, runtime: 'nodejs20.x', handler: 'index.handler', role: 'r' },
    ...{ codeSha256: '', codeSize: 0, tags: {}, kept: {} },
  },
});
const names = async () => {
  const found = await test.store.read.functions.find({ limit: 100 });
  return found.map(({ lambdaName, languageTitle }) => lambdaName ?? languageTitle);
};

describe("a name in AWS Lambda's API", () => {
  it.each<[string, [string, FunctionDefinition][]]>([
    [
      'of two languages',
      [
        ['nodejs-greet', lambda('greet')],
        ['python-greet', lambda('greet')],
      ],
    ],
    [
      'of both APIs',
      [
        ['nodejs-greet', { source: 'x' }],
        ['nodejs-nodejs-greet', lambda('nodejs-greet')],
      ],
    ],
  ])('is given once, also to functions %s that come at once', async (_, functions) => {
    for (const each of [functions, functions.toReversed()]) {
      const made = each.map(([title, definition]) => createFunction(core, principal, title, definition));
      const results = await Promise.allSettled(made);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const [refused] = results.filter(({ status }) => status === 'rejected');
      expect(refused).toMatchObject({ reason: { code: 'AlreadyExists' } });
      const [name] = await names();
      expect(await names()).toEqual([name]);
      await test.store.clear();
    }
  });

  it('that a function of somebody has keeps no sample from being left out', async () => {
    await createFunction(core, principal, 'python-nodejs-sample', lambda('nodejs-sample'));
    const samples = [{ languageTitle: 'nodejs-sample', definition: { source: 'x' } }];
    await installSamples(core, principal, samples);
    expect(await names()).toEqual(['nodejs-sample']);
  });
});

describe('a change while the function changes', () => {
  const title = 'nodejs-echo';
  const update = (definition: FunctionDefinition, basedOn?: string) =>
    updateFunction(core, principal, title, definition, basedOn);
  const current = async () => (await findFunction(core, principal, title)).version;
  /** `slow` is tried until `fast` has come to its end. */
  const overtaken = async (slow: () => Promise<unknown>, fast: () => Promise<unknown>) => {
    let isFirst = true;
    verified = async () => {
      if (!isFirst) return;
      isFirst = false;
      await fast();
    };
    await slow();
  };

  beforeEach(() => createFunction(core, principal, title, { source: '1', secrets: { TOKEN: 'first' } }));

  it('is refused where it was based on another version', async () => {
    const { id } = await current();
    const late = () => expect(update({ source: 'slow' }, id)).rejects.toMatchObject({ code: 'Conflict' });
    await overtaken(late, () => update({ source: 'fast' }, id));
    expect(await current()).toMatchObject({ version: 2, code: { files: { 'index.js': 'fast' } } });
    await late();
    await update({ source: 'next' }, (await current()).id);
    expect((await current()).version).toBe(3);
  });

  it('is refused after a rollback where it was based on what was rolled back', async () => {
    await update({ source: '2' });
    const { id } = await current();
    const late = () => expect(update({ source: 'slow' }, id)).rejects.toMatchObject({ code: 'Conflict' });
    await overtaken(late, () => rollBack(core, principal, title));
    expect((await current()).version).toBe(1);
  });

  it('wins as the last one where it is whole and based on nothing', async () => {
    await overtaken(
      () => update({ source: 'slow', secrets: { TOKEN: 'mine' } }),
      () => update({ source: 'fast' }),
    );
    expect(await current()).toMatchObject({ version: 3, code: { files: { 'index.js': 'slow' } } });
  });

  it.each([
    ['new secrets', () => update({ source: 'fast', secrets: { TOKEN: 'third' } }), 'third'],
    ['a rollback', () => rollBack(core, principal, title), 'first'],
  ])('keeps no secrets that it was not tried with: %s', async (_, fast, kept) => {
    await update({ source: '2', secrets: { TOKEN: 'second' } });
    await overtaken(
      () => expect(update({ source: 'slow' })).rejects.toMatchObject({ code: 'Conflict' }),
      fast,
    );
    expect(openSecrets(core, await current())).toEqual({ TOKEN: kept });
    await update({ source: 'slow' });
    expect(environments.at(-1)).toEqual({ TOKEN: kept });
    expect(openSecrets(core, await current())).toEqual({ TOKEN: kept });
  });
});
