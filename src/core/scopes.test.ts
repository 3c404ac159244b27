import { describe, expect, it } from 'vitest';
import { allScopes, normalisedScope, roles, Scopes } from './scopes.ts';

describe('a pattern', () => {
  it.each([
    ['clusters:read', 'clusters:read'],
    ['taskDefinitions:list', 'task-definitions:read'],
    ['services:describe', 'services:read'],
    ['*', '*:*'],
    ['*:read', '*:read'],
    ['tasks:*', 'tasks:*'],
    ['execute:all', 'execute:all'],
  ])('%s is %s', (given, expected) => {
    expect(normalisedScope(given)).toBe(expected);
  });

  // What an issuer of ours does not know narrows, and is dropped rather than widened.
  it.each([
    'openid',
    'clusters:read:dev',
    'tasks:*:cluster-a',
    '*:*:x',
    'clusters',
    'nothing:read',
    'tasks:fly',
    '',
  ])('%s names nothing here', (given) => {
    expect(normalisedScope(given)).toBeUndefined();
    expect(new Scopes([given]).patterns).toEqual([]);
  });
});

it('allows what its patterns cover, and nothing else', () => {
  const scopes = new Scopes(['tasks:*', 'clusters:read', 'openid']);
  expect(allScopes.filter((scope) => scopes.allows(scope))).toEqual([
    'clusters:read',
    ...allScopes.filter((scope) => scope.startsWith('tasks:')),
  ]);
});

it('execute:all is every language, and no script sent along', () => {
  const scopes = new Scopes(['execute:all']);
  expect(scopes.allows('execute:rust')).toBe(true);
  expect(scopes.allows('execute:script')).toBe(false);
});

it('a viewer changes nothing, an operator gives no keys, an admin may everything', () => {
  const may = (role: keyof typeof roles) => new Scopes(roles[role]);
  const changing = allScopes.filter((scope) => /:(create|update|delete|exec|reset)$/.test(scope));
  expect(changing.filter((scope) => may('viewer').allows(scope))).toEqual([]);
  expect(allScopes.filter((scope) => !may('operator').allows(scope))).toEqual(
    allScopes.filter((scope) => /^(keys|users|audit|admin):/.test(scope)),
  );
  expect(allScopes.filter((scope) => !may('admin').allows(scope))).toEqual([]);
});
