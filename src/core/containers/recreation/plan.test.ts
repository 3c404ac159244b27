import { describe, expect, it } from 'vitest';
import type { HostContainerSpec } from '../../ports/host-container-spec.ts';
import type { HostContainerDetails } from '../../ports/host-containers.ts';
import type { HostImageDetails } from '../../ports/host-images.ts';
import { markOf } from './marks.ts';
import { collide, planRecreation, type Changes, type Plan } from './plan.ts';

const id = 'a'.repeat(64);
const volume = 'b'.repeat(64);

const image: HostImageDetails = {
  ...{ id: 'sha256:1', tags: ['app:1'], digests: [], createdAt: 0, sizeBytes: 1, labels: { maker: 'one' } },
  ...{
    architecture: 'amd64',
    os: 'linux',
    layers: [],
    author: '',
    entrypoint: ['/start'],
    command: ['serve'],
  },
  ...{ environment: { PATH: '/bin', VERSION: '1' }, workingDirectory: '', user: 'app', exposedPorts: [] },
  volumes: ['/data'],
  healthCheck: { test: ['CMD', 'check'] },
};

const plainSpec: HostContainerSpec = {
  ...{ name: 'web', image: 'app:1', entrypoint: ['/start'], command: ['serve'], workingDirectory: '/' },
  ...{ user: 'app', environment: { PATH: '/bin', VERSION: '1', OWN: 'x' }, stopSignal: '15' },
  labels: { maker: 'one', mine: 'yes', 'longshore.account': '000000000000' },
  healthCheck: { test: ['CMD', 'check'], intervalSeconds: 30, timeoutSeconds: 30, retries: 3 },
};

function original(
  spec: Partial<HostContainerSpec> = {},
  details: Partial<HostContainerDetails> = {},
): HostContainerDetails {
  return {
    ...{ id, name: 'web', image: 'app:1', imageId: 'sha256:1', state: 'running', createdAt: 0, ports: [] },
    ...{ labels: {}, networks: ['bridge'], unnamedVolumes: [], unsaid: [], pid: 1, oomKilled: false },
    ...{ error: '', restartCount: 0, addresses: [], spec: { ...plainSpec, ...spec } },
    ...details,
  };
}

const plan = (details: HostContainerDetails, changes: Partial<Changes> = {}): Plan =>
  planRecreation({ details, image, server: 'me' }, { given: {}, ...changes });

const port = { containerPort: 80, protocol: 'tcp' as const, hostIp: '127.0.0.1', hostPort: 8080 };

describe('what the new one is', () => {
  it('is what the old one was asked for, without what its image gave it', () => {
    const { spec, before } = plan(original(), { given: { image: 'app:2' } });
    expect(spec).toMatchObject({ image: 'app:2', environment: { OWN: 'x' } });
    for (const name of ['entrypoint', 'command', 'workingDirectory', 'user', 'healthCheck', 'stopSignal']) {
      expect(Object.keys(spec)).not.toContain(name);
    }
    expect(spec.labels).toMatchObject({ mine: 'yes', 'longshore.account': '000000000000' });
    expect(spec.labels).not.toHaveProperty('maker');
    expect(before).toMatchObject({ image: 'app:1', environment: { OWN: 'x' } });
  });

  it('keeps what was set otherwise than in the image', () => {
    const own = { command: ['other'], user: '0', workingDirectory: '/srv', stopSignal: 'SIGINT' };
    expect(plan(original({ ...own, healthCheck: undefined })).spec).toMatchObject(own);
    expect(plan(original({ entrypoint: ['/mine'] })).spec).toMatchObject({
      entrypoint: ['/mine'],
      command: ['serve'],
    });
  });

  it('keeps everything, with a warning, where the image is gone', () => {
    const { spec, warnings } = planRecreation(
      { details: original(), image: undefined, server: 'me' },
      { given: {} },
    );
    expect(spec).toMatchObject({ command: ['serve'], environment: { VERSION: '1' } });
    expect(warnings).toHaveLength(1);
  });

  it('changes variables and labels by name, and takes names away', () => {
    const { spec } = plan(original(), {
      environment: { values: { NEW: '1' }, removed: ['OWN'] },
      labels: { values: { more: 'x' }, removed: ['mine', 'longshore.account'] },
    });
    expect(spec.environment).toEqual({ NEW: '1' });
    expect(spec.labels).toMatchObject({ more: 'x', 'longshore.account': '000000000000' });
    expect(spec.labels).not.toHaveProperty('mine');
    const replaced = plan(original(), { environment: { values: { A: '1' }, removed: [], replaces: true } });
    expect(replaced.spec.environment).toEqual({ A: '1' });
  });

  it('changes limits one by one, and swap with the memory that it is of', () => {
    const limits = { memoryBytes: 64, memorySwapBytes: 128, cpus: 1 };
    expect(plan(original({ limits }), { limits: { cpus: 2 } }).spec.limits).toEqual({ ...limits, cpus: 2 });
    expect(plan(original({ limits }), { limits: { memoryBytes: 256 } }).spec.limits).toEqual({
      memoryBytes: 256,
      cpus: 1,
    });
  });

  it('has volumes without a name by the one that the engine gave them, unless they are renewed', () => {
    const details = original(
      { mounts: [{ type: 'volume', target: '/data' }] },
      { unnamedVolumes: [{ target: '/data', volume }] },
    );
    const kept = [{ type: 'volume', source: volume, target: '/data' }];
    expect(plan(details).spec.mounts).toEqual(kept);
    expect(plan(details, { renewVolumes: true }).spec.mounts).toEqual([{ type: 'volume', target: '/data' }]);
    const other = { type: 'bind' as const, source: '/x', target: '/x' };
    expect(plan(details, { given: { mounts: [other] } }).spec.mounts).toEqual([other, ...kept]);
    const same = { type: 'volume' as const, source: 'named', target: '/data' };
    expect(plan(details, { given: { mounts: [same] } }).spec.mounts).toEqual([same]);
  });

  it('is on all its networks, where its name leads to it', () => {
    const address = { address: '', prefixLength: 0, gateway: '', macAddress: '' };
    const details = original(
      { network: 'front', networkAliases: ['www'] },
      {
        addresses: [
          { ...address, network: 'front', aliases: ['www'] },
          { ...address, network: 'back', aliases: ['db'] },
        ],
      },
    );
    const both = plan(details);
    expect(both.spec).toMatchObject({ network: 'front', networkAliases: ['www', 'web'] });
    expect(both.networks).toEqual([{ network: 'back', aliases: ['db', 'web'] }]);
    expect(plan(details, { given: { network: 'none' } }).networks).toEqual([]);
    expect(plan(original({ network: 'bridge' })).spec).not.toHaveProperty('networkAliases');
  });

  it('bears a name of its own and a mark', () => {
    const { spec } = plan(original({}, { state: 'exited' }));
    expect(spec.name).toBe('web-next-aaaaaaaaaaaa');
    expect(markOf(spec.labels!)).toEqual({ server: 'me', original: id, name: 'web', ran: false });
    const again = original({ labels: spec.labels }, { id: 'c'.repeat(64) });
    expect(markOf(plan(again).spec.labels!)).toMatchObject({ original: 'c'.repeat(64), ran: true });
  });
});

describe('the order', () => {
  it('is the new one first where the two share nothing', () => {
    expect(plan(original())).toMatchObject({ order: 'start-first', reasons: [], runs: true });
    expect(plan(original({}, { state: 'exited' }))).toMatchObject({ order: 'start-first', runs: false });
    expect(plan(original({}, { state: 'exited' }), { start: true })).toMatchObject({ runs: true });
  });

  it('is the old one first where both would publish a port', () => {
    const details = original({ ports: [port] }, { ports: [port] });
    expect(plan(details)).toMatchObject({ order: 'stop-first', reasons: ['port 8080/tcp'] });
    expect(plan(details, { given: { ports: [{ ...port, hostPort: 8081 }] } }).order).toBe('start-first');
    expect(plan(original({ ports: [port] }, { state: 'exited' })).order).toBe('start-first');
    expect(() => plan(details, { order: 'start-first' })).toThrow(/port 8080\/tcp.*stop-first/);
  });

  it('is the old one first where both would write to the same place, unless told', () => {
    const written = (mounts: HostContainerSpec['mounts']) => plan(original({ mounts }));
    expect(written([{ type: 'volume', source: 'db', target: '/db' }]).reasons).toEqual(['the volume at /db']);
    expect(written([{ type: 'bind', source: '/srv', target: '/srv' }]).order).toBe('stop-first');
    expect(written([{ type: 'bind', source: '/srv', target: '/srv', readOnly: true }]).order).toBe(
      'start-first',
    );
    expect(written([{ type: 'tmpfs', target: '/tmp' }]).order).toBe('start-first');
    const within = original({ mounts: [{ type: 'bind', source: '/srv', target: '/srv' }] });
    const inner = { type: 'bind' as const, source: '/srv/a', target: '/a' };
    expect(plan(within, { given: { mounts: [inner] } }).order).toBe('stop-first');
    expect(plan(within, { order: 'start-first' }).order).toBe('start-first');
  });

  it('may be asked for', () => {
    expect(plan(original(), { order: 'stop-first' })).toMatchObject({ order: 'stop-first' });
  });

  it('never stops what is removed when it stops', () => {
    const details = original({ ports: [port], autoRemove: true }, { ports: [port] });
    expect(() => plan(details)).toThrow(/could not be brought back/);
    expect(plan(original({ autoRemove: true })).order).toBe('start-first');
  });

  it('never stops the old one for a new one that leaves no trace when it ends', () => {
    const details = original({ ports: [port] }, { ports: [port] });
    expect(() => plan(details, { given: { autoRemove: true } })).toThrow(/auto_remove.*port 8080\/tcp/);
    expect(plan(original(), { given: { autoRemove: true } }).order).toBe('start-first');
    const resting = original({ ports: [port] }, { state: 'exited' });
    expect(plan(resting, { given: { autoRemove: true }, order: 'stop-first' }).order).toBe('stop-first');
  });
});

it('tells ports apart by address, number and protocol', () => {
  const held = { containerPort: 80, protocol: 'tcp' as const, hostIp: '0.0.0.0', hostPort: 8080 };
  expect(collide(held, port)).toBe(true);
  expect(collide({ ...held, hostIp: '127.0.0.2' }, port)).toBe(false);
  expect(collide({ ...held, hostIp: '127.0.0.2' }, { ...port, hostIp: undefined })).toBe(true);
  expect(collide(held, { ...port, protocol: 'udp' })).toBe(false);
  expect(collide(held, { ...port, hostPort: undefined })).toBe(false);
});
