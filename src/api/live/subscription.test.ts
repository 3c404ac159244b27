import { describe, expect, it } from 'vitest';
import type { Principal } from '../../core/principal.ts';
import { everything, Scopes } from '../../core/scopes.ts';
import type { LiveEvent } from './events.ts';
import { matches, mayPerceive, readSubscription } from './subscription.ts';

const cluster = 'arn:aws:ecs:us-east-1:000000000000:cluster/production';

function event(members: Partial<LiveEvent>): LiveEvent {
  return {
    position: { sequence: 1, index: Infinity },
    id: 'evt-1',
    type: 'task',
    account: '000000000000',
    clusterArn: cluster,
    service: undefined,
    status: 'RUNNING',
    bytes: () => Buffer.of(),
    ...members,
  };
}

function principal(...patterns: string[]): Principal {
  const scopes = patterns.length > 0 ? new Scopes(patterns) : everything;
  return { subject: 'key:a', kind: 'api-key', scopes, account: '000000000000' };
}

const read = (payload: object, caller = principal()) =>
  readSubscription('s', payload as Record<string, unknown>, caller);

describe('a subscription', () => {
  it.each([
    [{ eventTypes: ['task'] }, {}, true],
    [{ eventTypes: ['cluster'] }, {}, false],
    [{ eventTypes: ['task'], clusters: ['production'] }, {}, true],
    [{ eventTypes: ['task'], clusters: [cluster] }, {}, true],
    [{ eventTypes: ['task'], clusters: ['staging'] }, {}, false],
    [{ eventTypes: ['task'], services: ['web'] }, { service: 'web' }, true],
    [
      { eventTypes: ['task'], services: [`${cluster.replace('cluster', 'service')}/web`] },
      { service: 'web' },
      true,
    ],
    [{ eventTypes: ['task'], services: ['web'] }, {}, false],
    [{ eventTypes: ['task'], filters: { status: ['RUNNING', 'PENDING'] } }, {}, true],
    [{ eventTypes: ['task'], filters: { status: ['PENDING'] } }, {}, false],
    // The states of the filter are a task's: a cluster's events come all the same.
    [
      { eventTypes: ['cluster', 'task'], services: ['web'], filters: { status: ['RUNNING'] } },
      { type: 'cluster', status: 'ACTIVE' },
      true,
    ],
    [{ eventTypes: ['health'], clusters: ['a'] }, { type: 'health', clusterArn: undefined }, true],
    [{ eventTypes: ['task'], clusters: [] }, {}, true],
  ])('%j takes %j: %s', (payload, members, expected) => {
    expect(matches(read(payload), event(members as Partial<LiveEvent>))).toBe(expected);
  });

  it.each([
    [{}, 'eventTypes'],
    [{ eventTypes: [] }, 'eventTypes'],
    [{ eventTypes: 'task' }, 'eventTypes'],
    [{ eventTypes: ['invalid-type'] }, 'eventTypes'],
    [{ eventTypes: ['__proto__'] }, 'eventTypes'],
    [{ eventTypes: ['task'], clusters: 'a' }, 'clusters'],
    [{ eventTypes: ['task'], clusters: new Array(101).fill('a') }, 'clusters'],
    [{ eventTypes: ['task'], filters: [] }, 'filters'],
    [{ eventTypes: ['task'], filters: { status: [7] } }, 'status'],
    [{ eventTypes: ['task'], since: 'last' }, 'since'],
    [{ eventTypes: ['task'], lastEventId: 7 }, 'lastEventId'],
  ])('%j is refused for its %s', (payload, field) => {
    const details = expect.objectContaining({ field }) as object;
    expect(() => read(payload)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', details }));
  });

  it('needs the scope of every type, and that of events', () => {
    expect(read({ eventTypes: ['task'] }, principal('events:read', 'tasks:read'))).toBeDefined();
    for (const caller of [principal('tasks:read'), principal('events:read', 'clusters:read')])
      expect(() => read({ eventTypes: ['task'] }, caller)).toThrow(
        expect.objectContaining({ code: 'PERMISSION_DENIED' }),
      );
  });
});

describe('an event is perceived', () => {
  it('only in the account of the caller, unless it may see all', () => {
    const foreign = event({ account: '111111111111' });
    expect(mayPerceive(principal('events:read', 'tasks:read'), event({}))).toBe(true);
    expect(mayPerceive(principal('events:read', 'tasks:read'), foreign)).toBe(false);
    expect(mayPerceive(principal(), foreign)).toBe(true);
  });

  it('no more once the scope is gone', () => {
    expect(mayPerceive(principal('events:read'), event({}))).toBe(false);
    expect(mayPerceive(principal('tasks:read'), event({}))).toBe(false);
  });
});
