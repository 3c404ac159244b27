import { expect, it } from 'vitest';
import { createBody, limitsBody } from './container-body.ts';

const docker = { logFiles: true, stopTimeoutSeconds: undefined };

it('says a port twice, and as text', () => {
  const ports = [
    { containerPort: 80, protocol: 'tcp' as const, hostIp: '127.0.0.1', hostPort: 8080 },
    { containerPort: 80, protocol: 'tcp' as const },
    { containerPort: 53, protocol: 'udp' as const, hostPort: 53 },
  ];
  const { ExposedPorts, HostConfig } = createBody({ image: 'x', ports }, docker);
  expect(ExposedPorts).toEqual({ '80/tcp': {}, '53/udp': {} });
  expect(HostConfig.PortBindings).toEqual({
    '80/tcp': [
      { HostIp: '127.0.0.1', HostPort: '8080' },
      { HostIp: '', HostPort: '' },
    ],
    '53/udp': [{ HostIp: '', HostPort: '53' }],
  });
});

it('mounts what has to be there, and never makes it', () => {
  const { HostConfig } = createBody(
    {
      image: 'x',
      mounts: [
        { type: 'bind', source: '/a', target: '/b', readOnly: true },
        { type: 'volume', target: '/c' },
        { type: 'tmpfs', target: '/d', sizeBytes: 5 },
      ],
    },
    docker,
  );
  expect(HostConfig.Binds).toBeUndefined();
  expect(HostConfig.Mounts).toEqual([
    { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true },
    { Type: 'volume', Target: '/c', ReadOnly: false },
    { Type: 'tmpfs', Target: '/d', TmpfsOptions: { SizeBytes: 5 } },
  ]);
});

it('bears none of the labels by which tasks are found', () => {
  const labels = {
    mine: 'yes',
    'longshore.task': 'forged',
    'longshore.owner': 'forged',
    'longshore.holder': '1',
  };
  expect(createBody({ image: 'x', labels }, docker).Labels).toEqual({ mine: 'yes' });
});

it('bounds the output', () => {
  const configOf = (logFiles: boolean) =>
    createBody({ image: 'x' }, { ...docker, logFiles }).HostConfig.LogConfig;
  expect(configOf(true)).toEqual({ Type: 'json-file', Config: { 'max-size': '10485760', 'max-file': '5' } });
  expect(configOf(false)).toEqual({ Type: 'json-file', Config: { 'max-size': '52428800' } });
});

it('changes the limits that are given, and takes away those that are 0', () => {
  expect(limitsBody({})).toEqual({});
  expect(limitsBody({ memoryBytes: 0, cpus: 1.5, pids: 0 })).toEqual({
    Memory: 0,
    NanoCpus: 1_500_000_000,
    PidsLimit: -1,
  });
});

it('asks for time to stop in where the engine would give none', () => {
  expect(createBody({ image: 'x' }, docker).StopTimeout).toBeUndefined();
  const podman = { ...docker, stopTimeoutSeconds: 10 };
  expect(createBody({ image: 'x' }, podman).StopTimeout).toBe(10);
  expect(createBody({ image: 'x', stopTimeoutSeconds: 0 }, podman).StopTimeout).toBe(0);
});
