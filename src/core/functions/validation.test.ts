import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compileChecks } from './validation.ts';

const params = (schema: Record<string, unknown>) => compileChecks({ params: schema }).params;
const calculator = {
  type: 'object',
  properties: {
    operation: { type: 'string', enum: ['add', 'subtract'] },
    values: { type: 'array', items: { type: 'number' } },
  },
  required: ['operation', 'values'],
};

describe('compileChecks', () => {
  it('names the path of each fault', () => {
    const check = params({ ...calculator, additionalProperties: false });
    expect(check({ operation: 'add', values: [1] })).toEqual([]);
    expect(check({ operation: 'root', values: [1, 'two', 3], 'a/b': 1 })).toEqual([
      { path: '/params/a~1b', message: 'is not known' },
      { path: '/params/operation', message: 'must be one of "add", "subtract"' },
      { path: '/params/values/1', message: 'must be number' },
    ]);
    expect(check({ operation: 'add' })).toEqual([{ path: '/params/values', message: 'is required' }]);
  });

  it('takes anything where there is no schema, and tells results apart', () => {
    const checks = compileChecks({ result: { type: 'number' } });
    expect(checks.params({ anything: [1] })).toEqual([]);
    expect(checks.result('x')).toEqual([{ path: '/result', message: 'must be number' }]);
  });

  it('reads draft-07 where the schema says so', () => {
    const tuple = { items: [{ type: 'number' }], additionalItems: false };
    const check = params({ $schema: 'http://json-schema.org/draft-07/schema#', ...tuple });
    expect(check([1])).toEqual([]);
    expect(check([1, 2])).toHaveLength(1);
    expect(params({ prefixItems: [{ type: 'number' }], items: false })([1, 2])).toHaveLength(1);
  });

  it('reports at most twenty faults', () => {
    expect(params({ items: { type: 'number' } })(Array(1000).fill('x'))).toHaveLength(20);
  });

  it.each([
    [{ $ref: 'https://example.com/schema.json' }, '/$ref'],
    [{ properties: { a: { $ref: 'other.json#/a' } } }, '/properties/a/$ref'],
    [{ $dynamicRef: 'file:///etc/passwd' }, '/$dynamicRef'],
    [{ allOf: [{ $id: 'x' }] }, '/allOf/0/$id'],
    [{ $schema: 'https://example.com/meta' }, '/$schema'],
    [{ type: 'nothing' }, 'schema.params'],
    [{ pattern: '(?=a)' }, 'lookahead'],
    [{ pattern: '(' }, 'Unterminated'],
    [{ properties: { a: 1 } }, '/properties/a'],
    [{ 'longshore-step': true }, 'no keyword'],
    [{ $ref: '#/$defs/none' }, 'schema.params'],
    [JSON.parse('{"not":'.repeat(60) + '{}' + '}'.repeat(60)) as Record<string, unknown>, '50 levels'],
    [{ allOf: Array(1001).fill({}) as object[] }, '1000 parts'],
    [{ description: 'x'.repeat(70_000) }, '65536 characters'],
  ])('refuses %j when it is published', (schema, named) => {
    expect(() => params(schema)).toThrow(named);
  });

  it('leaves nothing behind for the next schema', () => {
    params({ $id: 'https://example.com/a', $defs: { x: { type: 'number' } } });
    expect(() => params({ $ref: '#/$defs/x' })).toThrow();
    expect(() => params({ $id: 'https://example.com/a' })).not.toThrow();
  });
});

describe('a check is bounded', () => {
  const within = (milliseconds: number, work: () => void) => {
    const start = performance.now();
    work();
    expect(performance.now() - start).toBeLessThan(milliseconds);
  };

  it('for patterns that explode elsewhere', () => {
    const check = params({ pattern: '^(a+)+$' });
    within(4000, () => expect(check(`${'a'.repeat(100_000)}!`)).toHaveLength(1));
    expect(check('aaa')).toEqual([]);
    const many = params({ items: { pattern: '(x+x+)+y' }, propertyNames: { pattern: '^(a|a)*$' } });
    within(4000, () => expect(many(Array(5000).fill('x'.repeat(200)))).not.toEqual([]));
  });

  it('for values with faults without number: the first is told', () => {
    const check = params({ items: { type: 'number' } });
    within(3000, () => expect(check(Array(1_000_000).fill('x'))).toHaveLength(1));
    const names = Array.from({ length: 5000 }, (_, index) => `n${index}`);
    const demanding = params({ items: { required: names } });
    within(3000, () => expect(demanding(Array(5000).fill({}))).toHaveLength(1));
  });

  it('for parts that are referred to from many places', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`p${index}`, { type: 'number' }]),
    );
    const $defs = { big: { properties, enum: Array.from({ length: 5000 }, (_, index) => index) } };
    const allOf = Array(300).fill({ $ref: '#/$defs/big' }) as object[];
    within(8000, () => expect(params({ $defs, allOf })('x')).toHaveLength(1));
  });

  it('for references that double at each level', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `d${level}`,
        { allOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] },
      ]),
    );
    const check = params({ $ref: '#/$defs/d0', $defs: { ...$defs, d40: { type: 'number' } } });
    within(4000, () => expect(check(1)).toEqual([expect.objectContaining({ path: '/params' })]));
  });

  it('for a schema that refers to itself without end', () => {
    const check = params({ anyOf: [{ $ref: '#' }, { $ref: '#' }] });
    within(4000, () => expect(check({})).toHaveLength(1));
  });

  it('for items that must differ', () => {
    const check = params({ uniqueItems: true });
    const items = Array.from({ length: 60_000 }, (_, index) => ({ index }));
    within(4000, () => expect(check(items)).toEqual([]));
    expect(
      check([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toHaveLength(1);
  });

  it.each([
    ['items that are looked for', { contains: { type: 'string' } }],
    [
      'items that are looked for in another way',
      { contains: { anyOf: [{ type: 'string' }, { minimum: 2 }] } },
    ],
    ['branches that all fail late', { oneOf: [{ contains: { const: 2 } }, { contains: { const: 3 } }] }],
  ])('for %s, in little memory', async (_, schema) => {
    const program = `
      import { compileChecks } from ${JSON.stringify(new URL('./validation.ts', import.meta.url).href)};
      const check = compileChecks({ params: ${JSON.stringify(schema)} }).params;
      console.log(JSON.stringify(check(Array(1_000_000).fill(1))));`;
    const options = ['--max-old-space-size=96', '--import', 'tsx', '--input-type=module', '-e', program];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ path: '/params' })]);
  });

  it('for members with names that lead to prototypes', () => {
    const check = params({ type: 'object', required: ['toString'] });
    expect(check({})).toHaveLength(1);
  });
});
