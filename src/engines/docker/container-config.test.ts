import { expect, it } from 'vitest';
import type { ContainerSpec, TaskSpec } from '../../core/ports/engine.ts';
import { plainContainer } from '../conformance/plain-container.ts';
import { quirksOf } from './client/quirks.ts';
import { containerConfig, type ContainerInput } from './container-config.ts';

const bare: ContainerSpec = {
  ...plainContainer,
  image: 'app:1',
  stopTimeoutSeconds: 30,
  log: { maxBytes: 1024, maxFiles: 3 },
};
const docker = quirksOf({ podman: false, apiVersion: '1.41' });
const podman = quirksOf({ podman: true, apiVersion: '1.41' });

function built(
  container: Partial<ContainerSpec>,
  task: Partial<TaskSpec> = {},
  other: Partial<ContainerInput> = {},
) {
  const spec = { ...bare, ...container };
  return containerConfig({
    task: { id: 't', name: 't', networkMode: 'bridge', ports: [], containers: [spec], labels: {}, ...task },
    container: spec,
    image: 'sha256:1',
    labels: { a: 'b' },
    placement: { networkMode: 'container:h' },
    quirks: docker,
    cpus: 2,
    ...other,
  });
}

it('asks for nothing that was not asked for', () => {
  expect(built({})).toEqual({
    Image: 'sha256:1',
    Env: [],
    Tty: false,
    OpenStdin: false,
    Labels: { a: 'b' },
    HostConfig: {
      CpuShares: 2,
      NetworkMode: 'container:h',
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1024', 'max-file': '3' } },
    },
  });
});

it('gives a single container what its task has, and never more CPUs than there are', () => {
  expect(built({}, { cpuUnits: 512, memoryMiB: 64 }).HostConfig).toMatchObject({
    CpuShares: 512,
    NanoCpus: 5e8,
    Memory: 64 * 1024 * 1024,
  });
  expect(built({ memoryMiB: 32 }, { cpuUnits: 8192, memoryMiB: 64 }).HostConfig).toMatchObject({
    NanoCpus: 2e9,
    Memory: 32 * 1024 * 1024,
  });
});

it('mounts host directories, volumes of the task, and paths with a colon', () => {
  const mount = { volume: 'v', containerPath: '/c', readOnly: false };
  const mounts = [
    { ...mount, hostPath: '/h', readOnly: true },
    mount,
    { ...mount, hostPath: '/with:colon', containerPath: '/d' },
  ];
  expect(built({ mounts }).HostConfig).toMatchObject({
    Binds: ['/h:/c:ro', 'longshore-t-v:/c:rw'],
    Mounts: [{ Type: 'bind', Source: '/with:colon', Target: '/d', ReadOnly: false }],
  });
});

it('names a container only where it is not in the network of another', () => {
  const given = { dnsServers: ['10.0.0.1'], dnsSearchDomains: ['internal'] };
  expect(built(given).HostConfig.Dns).toBeUndefined();
  const placement = { networkMode: 'ns:/n', names: { hostname: 'me', extraHosts: ['db:10.0.0.2'] } };
  const named = built(given, {}, { placement });
  expect(named.Hostname).toBe('me');
  expect(named.HostConfig).toMatchObject({
    Dns: ['10.0.0.1'],
    DnsSearch: ['internal'],
    ExtraHosts: ['db:10.0.0.2'],
  });
});

it('names the limits that Podman would raise by itself', () => {
  const ulimits = [{ name: 'nofile', soft: 10, hard: 20 }];
  expect(built({ ulimits }).HostConfig.Ulimits).toEqual([{ Name: 'nofile', Soft: 10, Hard: 20 }]);
  const names = built({ ulimits }, {}, { quirks: podman }).HostConfig.Ulimits?.map(({ Name }) => Name);
  expect(names).toEqual(['nofile', 'nproc']);
});
