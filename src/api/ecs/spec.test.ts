import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { formatModel, generateModel } from '../../../script/generate-ecs-spec.ts';
import { loadModel } from './model.ts';
import type { Facts } from './model.ts';
import { loadSpec } from './spec.ts';

const specFile = (name: string) =>
  readFileSync(new URL(`../../../spec/ecs/${name}`, import.meta.url), 'utf8');

test('the model in the repository is what the installed SDK generates', () => {
  expect(formatModel(generateModel())).toBe(specFile('model.json'));
});

test('every command of the SDK is an operation', () => {
  const commands = Object.keys(sdk).filter((name) => name.endsWith('Command') && name !== '$Command');
  expect(
    loadSpec()
      .operationNames.map((name) => `${name}Command`)
      .sort(),
  ).toEqual(commands.sort());
  expect(commands).toHaveLength(88);
});

test('every operation compiles, and writes an empty answer', () => {
  const spec = loadSpec();
  for (const name of spec.operationNames) {
    const operation = spec.operation(name);
    expect(operation?.serialise({}, false), name).toBe('{}');
    expect(() => operation?.validate([]), name).toThrow('START_ARRAY');
  }
});

test('names from outside lead to no operation', () => {
  for (const name of ['', 'Nothing', '__proto__', 'constructor', 'toString', 'runTask']) {
    expect(loadSpec().operation(name), name).toBeUndefined();
  }
});

test('every patch is about a member that exists, and fits its type', () => {
  const model = loadModel();
  const fitting: Record<string, (keyof Facts)[]> = {
    string: ['min', 'max', 'pattern', 'missing'],
    integer: ['min', 'max', 'number', 'missing'],
    list: ['min', 'max', 'missing'],
    enum: ['enum', 'invalid', 'missing'],
  };
  for (const [key, facts] of Object.entries(JSON.parse(specFile('patches.json')) as Record<string, Facts>)) {
    const [structure = '', name = ''] = key.replace('[]', '').split('.');
    const member = model.members(structure).find((each) => each.name === name);
    expect(member, key).toBeDefined();
    if (!member) continue;
    const shape = key.endsWith('[]') && member.shape.kind === 'list' ? member.shape.element : member.shape;
    expect(fitting[shape.kind], key).toEqual(expect.arrayContaining(Object.keys(facts)));
    if (facts.missing) expect(member.required, key).toBe(true);
    if (facts.enum && shape.kind === 'enum')
      expect(shape.values, key).toEqual(expect.arrayContaining([...facts.enum]));
    if (facts.pattern) expect(() => new RegExp(facts.pattern ?? '', 'u'), key).not.toThrow();
  }
});
