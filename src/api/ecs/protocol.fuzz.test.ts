import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createLog } from '../../telemetry/log.ts';
import { createServer } from '../server.ts';
import type { OperationName } from './operation.ts';
import { compileSerialiser } from './serialiser.ts';
import { loadModel } from './model.ts';
import type { Shape } from './model.ts';
import { nothingToCheck } from '../../../test/fixtures/health.ts';
import { openDoor } from '../../../test/fixtures/door.ts';

const model = loadModel();
const names = [...model.operations.keys()] as OperationName[];

/** Writes what the validator let through, by the model of the request: both must agree on every shape. */
function handler(name: OperationName) {
  const write = compileSerialiser(model, model.operations.get(name)?.input ?? '');
  return async (_: unknown, input: object) => {
    JSON.parse(write(input, false));
    return {};
  };
}

const { app } = createServer({
  ecs: {
    core: null,
    handlers: Object.fromEntries(names.slice(0, -1).map((name) => [name, handler(name)])),
    region: 'us-east-1',
  },
  door: openDoor,
  version: '0.0.0',
  log: createLog('silent'),
  health: nothingToCheck,
  logs: async () => Promise.reject(new Error('unused')),
});
afterAll(() => app.close());

const post = (name: string, payload: string) =>
  app.inject({
    method: 'POST',
    url: `/v1/${name}`,
    payload,
    headers: { 'content-type': 'application/json' },
  });

async function survives(name: string, payload: string): Promise<void> {
  const response = await post(name, payload);
  const answer = response.json<{ __type?: string; message?: string }>();
  expect(
    response.statusCode === 200 || response.statusCode === 501 || Math.floor(response.statusCode / 100) === 4,
  ).toBe(true);
  if (response.statusCode !== 200)
    expect([typeof answer.__type, typeof answer.message]).toEqual(['string', 'string']);
}

/** JSON that resembles a structure of the model: mostly right, here and there of any other type. */
function resembling(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  const right = rightValue(shape, depth);
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
}

function rightValue(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'structure': {
      if (depth === 0) return fc.constant({});
      const members = model.members(shape.name);
      const keys = Object.fromEntries(members.map((each) => [each.name, resembling(each.shape, depth - 1)]));
      const required = members.filter((each) => each.required).map((each) => each.name);
      return fc.record(keys, { requiredKeys: required });
    }
    case 'list':
      return fc.array(resembling(shape.element, depth), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), resembling(shape.value, depth));
    case 'enum':
      return fc.oneof(fc.constantFrom(...shape.values), fc.string());
    case 'integer':
      return fc.oneof(fc.integer(), fc.double(), fc.constant(1e400));
    case 'timestamp':
      return fc.oneof(
        fc.double(),
        fc.string(),
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      );
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string();
    case 'document':
      return fc.jsonValue();
  }
}

test('any JSON to any operation is answered', async () => {
  const any = fc.oneof(
    fc.json({ maxDepth: 8 }),
    fc.string(),
    fc.nat(5000).map((depth) => '[{"a":'.repeat(depth)),
  );
  await fc.assert(fc.asyncProperty(fc.constantFrom(...names), any, survives), { numRuns: 1500 });
});

test("requests that resemble each operation's own are answered", async () => {
  for (const name of names) {
    const request = resembling({ kind: 'structure', name: model.operations.get(name)?.input ?? '' }, 4);
    const bodies = request.map((body) => JSON.stringify(body));
    await fc.assert(
      fc.asyncProperty(bodies, (body) => survives(name, body)),
      { numRuns: 15 },
    );
  }
});
