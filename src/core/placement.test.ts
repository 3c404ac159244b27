import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsAsked, place, type Candidate, type Demand } from './placement.ts';

interface Instance {
  id: string;
  cpu?: number;
  memory?: number;
  usedCpu?: number;
  usedMemory?: number;
  taken?: string[];
  groups?: string[];
  attributes?: Record<string, string>;
  connected?: boolean;
  kept?: string[];
}

function candidate(instance: Instance): Candidate {
  const { id, cpu = 1024, memory = 1024, connected = true } = instance;
  return {
    host: {
      id,
      cpu,
      memoryMiB: memory,
      usedCpu: instance.usedCpu ?? 0,
      usedMemoryMiB: instance.usedMemory ?? 0,
    },
    instance: {
      id,
      scope: 's',
      clusterArn: 'c',
      status: 'ACTIVE',
      hostId: id,
      local: false,
      tags: [],
      containerInstance: {
        agentConnected: connected,
        attributes: Object.entries(instance.attributes ?? {}).map(([name, value]) => ({ name, value })),
        registeredResources: [{ name: 'PORTS', stringSetValue: instance.kept ?? ['22'] }],
      },
    },
    takenPorts: new Set(instance.taken),
    taskGroups: instance.groups ?? [],
  };
}

function ask(instances: Instance[], demand: Partial<Demand> = {}) {
  return place(instances.map(candidate), {
    cpu: 256,
    memoryMiB: 256,
    ports: [],
    group: 'family:web',
    constraints: [],
    strategy: [],
    ...demand,
  });
}

const chosen = (placement: ReturnType<typeof ask>) =>
  'chosen' in placement ? placement.chosen.instance.id : placement.failures;
const tcp = (hostPort: number) => ({ hostPort, protocol: 'tcp' as const });

describe('refusals', () => {
  it.each<[Instance, Partial<Demand>, string]>([
    [{ id: 'a', connected: false }, {}, 'AGENT'],
    [{ id: 'a', usedCpu: 769 }, {}, 'RESOURCE:CPU'],
    [{ id: 'a', usedMemory: 769 }, {}, 'RESOURCE:MEMORY'],
    [{ id: 'a', taken: ['tcp/80'] }, { ports: [tcp(80)] }, 'RESOURCE:PORTS'],
    [{ id: 'a' }, { ports: [tcp(22)] }, 'RESOURCE:PORTS'],
    [
      { id: 'a', groups: ['family:web'] },
      { constraints: [{ type: 'distinctInstance' }] },
      'DistinctInstance placement constraint unsatisfied.',
    ],
    [
      { id: 'a', attributes: { stack: 'dev' } },
      { constraints: [{ type: 'memberOf', expression: 'attribute:stack == prod' }] },
      'MemberOf placement constraint unsatisfied.',
    ],
  ])('of %j', (instance, demand, reason) => {
    expect(ask([instance], demand)).toEqual({ failures: [{ arn: 'a', reason }] });
  });

  it('tell each instance its own reason', () => {
    const failures = chosen(
      ask([
        { id: 'a', usedCpu: 1024 },
        { id: 'b', usedMemory: 1024 },
      ]),
    );
    expect(failures).toEqual([
      { arn: 'a', reason: 'RESOURCE:CPU' },
      { arn: 'b', reason: 'RESOURCE:MEMORY' },
    ]);
  });

  it('leave the same port of the other protocol free, and what fits exactly', () => {
    const udp = { hostPort: 80, protocol: 'udp' as const };
    const full = { id: 'a', usedCpu: 768, usedMemory: 768, taken: ['tcp/80'] };
    expect(chosen(ask([full], { ports: [udp] }))).toBe('a');
  });

  it('name a constraint that nobody can read', () => {
    expect(() => ask([{ id: 'a' }], { constraints: [{ type: 'memberOf' }] })).toThrow('needs an expression');
    expect(() => ask([{ id: 'a' }], { strategy: [{ type: 'nearest' as never }] })).toThrow(
      "Invalid placement strategy type 'nearest'",
    );
  });
});

describe('strategies', () => {
  const zones = (groups: Record<string, number>) =>
    Object.entries(groups).map(([id, count]) => ({
      id,
      attributes: { 'ecs.availability-zone': id[0]! },
      groups: Array.from({ length: count }, () => 'family:web'),
    }));

  it('binpack takes what is fullest, of the field it names', () => {
    const instances = [
      { id: 'a', usedCpu: 512 },
      { id: 'b', usedMemory: 512 },
    ];
    expect(chosen(ask(instances, { strategy: [{ type: 'binpack', field: 'cpu' }] }))).toBe('a');
    expect(chosen(ask(instances, { strategy: [{ type: 'binpack', field: 'MEMORY' }] }))).toBe('b');
  });

  it('spread counts the tasks of the same group only', () => {
    const instances = [
      { id: 'a', groups: ['family:web'] },
      { id: 'b', groups: ['family:db', 'family:db'] },
    ];
    expect(chosen(ask(instances, { strategy: [{ type: 'spread', field: 'instanceId' }] }))).toBe('b');
  });

  it('spread over a zone, then over instances in it', () => {
    const strategy: Demand['strategy'] = [
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'spread', field: 'instanceId' },
    ];
    expect(chosen(ask(zones({ x1: 3, y1: 2, y2: 0 }), { strategy }))).toBe('y2');
    expect(chosen(ask(zones({ x1: 1, y1: 2, y2: 0 }), { strategy }))).toBe('x1');
  });

  it('random takes any that fits, and none else', () => {
    const instances = [{ id: 'a' }, { id: 'b' }, { id: 'c', usedCpu: 1024 }];
    const draws = Array.from({ length: 200 }, () =>
      chosen(ask(instances, { strategy: [{ type: 'random' }] })),
    );
    expect(new Set(draws)).toEqual(new Set(['a', 'b']));
  });

  it('without one, takes what has most memory left', () => {
    expect(
      chosen(
        ask([
          { id: 'a', usedMemory: 300 },
          { id: 'b', usedMemory: 200 },
        ]),
      ),
    ).toBe('b');
  });
});

it('reads of the tasks only what the question needs', () => {
  expect(groupsAsked([], [])).toBe('none');
  expect(groupsAsked([{ type: 'distinctInstance' }], [])).toBe('own');
  expect(groupsAsked([{ type: 'distinctInstance' }], [{ type: 'spread' }])).toBe('own-counted');
  expect(groupsAsked([{ type: 'memberOf', expression: 'not(task:group == x)' }], [{ type: 'spread' }])).toBe(
    'all',
  );
});

it('chooses an instance that fits exactly when there is one', () => {
  const instance = fc.record({
    usedCpu: fc.integer({ min: 0, max: 1100 }),
    usedMemory: fc.integer({ min: 0, max: 1100 }),
    connected: fc.boolean(),
    taken: fc.constantFrom<string[]>([], ['tcp/80']),
    groups: fc.constantFrom<string[]>([], ['family:web'], ['family:db']),
  });
  const strategy = fc.constantFrom<Demand['strategy']>(
    [],
    [{ type: 'random' }],
    [
      { type: 'spread', field: 'instanceId' },
      { type: 'binpack', field: 'memory' },
    ],
  );
  fc.assert(
    fc.property(fc.array(instance, { maxLength: 8 }), strategy, fc.boolean(), (drawn, order, distinct) => {
      const instances = drawn.map((one, index) => ({ id: `i${index}`, ...one }));
      const result = ask(instances, {
        ports: [tcp(80)],
        strategy: order,
        constraints: distinct ? [{ type: 'distinctInstance' }] : [],
      });
      const fitting = instances.filter(
        ({ usedCpu, usedMemory, connected, taken, groups }) =>
          connected &&
          usedCpu <= 768 &&
          usedMemory <= 768 &&
          taken.length === 0 &&
          !(distinct && groups.includes('family:web')),
      );
      if (fitting.length > 0) expect(fitting.map(({ id }) => id)).toContain(chosen(result));
      else expect(chosen(result)).toHaveLength(instances.length);
    }),
  );
});
