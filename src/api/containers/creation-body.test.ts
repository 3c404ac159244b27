/** Forms of the body that Docker's own clients send, and what becomes of them. Refusals: test/containers. */
import { describe, expect, it } from 'vitest';
import { readCreation } from './creation-body.ts';

const image = 'nginx:latest';
const specOf = (body: object) => readCreation({ image, ...body }).spec;

describe('ports', () => {
  const tcp = { containerPort: 80, protocol: 'tcp' as const };
  it.each<[unknown, object[]]>([
    [{ '80/tcp': 8080 }, [{ ...tcp, hostPort: 8080 }]],
    [{ '80': 8080 }, [{ ...tcp, hostPort: 8080 }]],
    [{ '80/tcp': '8080' }, [{ ...tcp, hostPort: 8080 }]],
    [{ '80/tcp': null }, [tcp]],
    [{ '80/tcp': '' }, [tcp]],
    [{ '80/tcp': '127.0.0.1:8080' }, [{ ...tcp, hostIp: '127.0.0.1', hostPort: 8080 }]],
    [{ '80/tcp': '127.0.0.1:' }, [{ ...tcp, hostIp: '127.0.0.1' }]],
    [{ '80/tcp': '[::1]:8080' }, [{ ...tcp, hostIp: '::1', hostPort: 8080 }]],
    [
      { '80/tcp': [8080, 8081] },
      [
        { ...tcp, hostPort: 8080 },
        { ...tcp, hostPort: 8081 },
      ],
    ],
    [
      { '80/tcp': { host_ip: '127.0.0.1', host_port: 8080 } },
      [{ ...tcp, hostIp: '127.0.0.1', hostPort: 8080 }],
    ],
    [
      { '53/udp': 53, '53/tcp': 53 },
      [
        { containerPort: 53, protocol: 'udp', hostPort: 53 },
        { containerPort: 53, protocol: 'tcp', hostPort: 53 },
      ],
    ],
    [{ '5000/sctp': 5000 }, [{ containerPort: 5000, protocol: 'sctp', hostPort: 5000 }]],
  ])('%j', (ports, read) => {
    expect(specOf({ ports }).ports).toEqual(read);
  });
});

describe('environment', () => {
  it.each<[unknown, object]>([
    [{ KEY: 'value' }, { KEY: 'value' }],
    [
      { COUNT: 3, ON: true, EMPTY: '' },
      { COUNT: '3', ON: 'true', EMPTY: '' },
    ],
    [{ INHERITED: null, KEPT: 'x' }, { KEPT: 'x' }],
    [['KEY=value', 'ODD=a=b', 'EMPTY='], { KEY: 'value', ODD: 'a=b', EMPTY: '' }],
  ])('%j', (environment, read) => {
    expect(specOf({ environment }).environment).toEqual(read);
  });
});

it('volumes are directories of the machine, or have names', () => {
  const volumes = [
    { host_path: '/srv/data', container_path: '/data' },
    { host_path: '/srv/conf', container_path: '/conf', mode: 'ro' },
    { volume: 'cache', container_path: '/cache', read_only: false },
  ];
  expect(specOf({ volumes }).mounts).toEqual([
    { type: 'bind', source: '/srv/data', target: '/data' },
    { type: 'bind', source: '/srv/conf', target: '/conf', readOnly: true },
    { type: 'volume', source: 'cache', target: '/cache', readOnly: false },
  ]);
});

describe('limits and policies', () => {
  it.each<[object, object]>([
    [{ memory_limit: 67_108_864 }, { limits: { memoryBytes: 67_108_864 } }],
    [{ memory_limit: '64m' }, { limits: { memoryBytes: 67_108_864 } }],
    [{ memory_limit: '64MiB', cpu_limit: 0.5 }, { limits: { memoryBytes: 67_108_864, cpus: 0.5 } }],
    [{ restart_policy: 'always' }, { restartPolicy: { name: 'always' } }],
    [{ restart_policy: 'on-failure:3' }, { restartPolicy: { name: 'on-failure', maximumRetries: 3 } }],
    [
      { restart_policy: { Name: 'on-failure', MaximumRetryCount: 5 } },
      { restartPolicy: { name: 'on-failure', maximumRetries: 5 } },
    ],
    [
      { healthcheck: { test: 'true', interval: 5 } },
      { healthCheck: { test: ['CMD-SHELL', 'true'], intervalSeconds: 5 } },
    ],
  ])('%j', (body, read) => {
    expect(specOf(body)).toMatchObject(read);
  });
});

describe('a command', () => {
  it.each<[unknown, string[]]>([
    [
      ['sh', '-c', 'echo one two'],
      ['sh', '-c', 'echo one two'],
    ],
    ['sleep 1000', ['sleep', '1000']],
    ['sh -c "echo \\"a b\\""', ['sh', '-c', 'echo "a b"']],
    ["sh -c 'echo $HOME; ls'", ['sh', '-c', 'echo $HOME; ls']],
    ['  spaced   out ', ['spaced', 'out']],
    ['a\\ b ""', ['a b', '']],
    ['', []],
  ])('%j', (command, read) => {
    expect(specOf({ command }).command).toEqual(read);
  });

  it('with a quote that stays open is none', () => {
    expect(() => specOf({ command: 'echo "open' })).toThrow('command: has a quote');
    expect(() => specOf({ command: "echo 'open" })).toThrow('command: has a quote');
    expect(() => specOf({ command: 'echo \\' })).toThrow('command: has a quote');
  });
});

it('does not start, and fetches only what is not there, unless told', () => {
  expect(readCreation({ image })).toMatchObject({ start: false, pull: 'missing', spec: { image } });
});
