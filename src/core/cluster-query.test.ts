import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClusterQuery, type QuerySubject } from './cluster-query.ts';
import { AppError } from './errors.ts';

const attributes = new Map([
  ['ecs.instance-type', 't3.large'],
  ['stack', 'prod'],
  ['empty', ''],
  ['slots', '10'],
]);
const subject: QuerySubject = {
  attribute: (name) => attributes.get(name),
  field: (name) => ({ agentConnected: 'true', runningTasksCount: '3' })[name],
  taskGroups: ['service:db', 'family:web'],
};
const ask = (expression: string) => parseClusterQuery(expression)(subject);

it.each([
  ['attribute:stack == prod', true],
  ['attribute:stack equals dev', false],
  ['attribute:stack != dev', true],
  ['attribute:absent != dev', true],
  ['attribute:ecs.instance-type =~ t3.*', true],
  ['attribute:ecs.instance-type matches t2.*', false],
  ['attribute:ecs.instance-type !~ t2.*', true],
  ['attribute:ecs.instance-type in [t2.small, t3.large]', true],
  ['attribute:ecs.instance-type not_in [t2.small, t3.large]', false],
  ['attribute:ecs.instance-type !in [t2.small]', true],
  ['attribute:empty exists', true],
  ['attribute:absent exists', false],
  ['attribute:absent !exists', true],
  ['attribute:absent not_exists', true],
  ['attribute:slots > 9', true],
  ['attribute:slots <= 9', false],
  ['runningTasksCount >= 3', true],
  ['runningTasksCount < 3', false],
  ['agentConnected == true', true],
  ['task:group == service:db', true],
  ['not(task:group == service:db)', false],
  ['attribute:stack == dev or attribute:stack == prod and agentConnected == true', true],
  ['(attribute:stack == dev or attribute:stack == prod) and agentConnected == false', false],
  ['attribute:stack==prod && !(attribute:stack == dev) || agentConnected == false', true],
])('%s is %s', (expression, expected) => expect(ask(expression)).toBe(expected));

describe('wildcards', () => {
  it('never match pieces that overlap', () => {
    const value = (text: string, pattern: string) =>
      parseClusterQuery(`attribute:a =~ ${pattern}`)({ ...subject, attribute: () => text });
    expect(value('aba', 'ab*ba')).toBe(false);
    expect(value('abba', 'ab*ba')).toBe(true);
    expect(value('a-b-c', 'a*b*c')).toBe(true);
  });

  it('take no time over a pattern made to hang', () => {
    const pattern = `${'a*'.repeat(900)}b`;
    const long = { ...subject, attribute: () => 'a'.repeat(5000) };
    expect(parseClusterQuery(`attribute:a =~ ${pattern}`)(long)).toBe(false);
  }, 1000);
});

it.each([
  '',
  'attribute:stack',
  'attribute:stack ==',
  'attribute:stack = prod',
  'attribute:stack == prod extra',
  '(attribute:stack == prod',
  'attribute:stack in prod',
  'attribute:stack in [prod',
  'attribute:stack == ]',
  'and',
  'not',
  `${'('.repeat(51)}attribute:a exists${')'.repeat(51)}`,
  `${'not '.repeat(60)}attribute:a exists`,
  'x'.repeat(2001),
])('refuses %j', (expression) => {
  expect(() => parseClusterQuery(expression)).toThrow('Invalid expression');
});

it('answers or refuses whatever it is given', () => {
  const word = fc.constantFrom(
    ...['(', ')', '[', ']', ',', '==', '!=', '=~', '!~', '>=', '<', '!', '=', '~', 'and', 'or', 'not', '&&'],
    ...['||', 'in', '!in', 'exists', 'attribute:stack', 'task:group', 'agentConnected', 'a*', '*', '10', ' '],
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 300 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 300 }).map((words) => words.join('')),
    fc.string({ maxLength: 2100, unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (expression) => {
      try {
        expect(typeof ask(expression)).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).code).toBe('InvalidParameter');
      }
    }),
    { numRuns: 2000 },
  );
});
