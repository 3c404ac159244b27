import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  availableMemory,
  kernelFiles,
  outwardInterfaces,
  processorTime,
  trafficOf,
  type KernelFiles,
} from './machine-counters.ts';

let root: string;
let files: KernelFiles;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'longshore-machine-'));
  files = { proc: join(root, 'proc'), sys: join(root, 'sys') };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function nic(name: string, { physical = false, rx = 0, tx = 0 }): Promise<void> {
  await write(`sys/class/net/${name}/statistics/rx_bytes`, `${rx}\n`);
  await write(`sys/class/net/${name}/statistics/tx_bytes`, `${tx}\n`);
  if (physical) await write(`sys/class/net/${name}/device/vendor`, '0x1af4\n');
}

describe('the time of processors', () => {
  it('is busy with users, the kernel, interrupts and other machines; not with waiting', async () => {
    await write('proc/stat', 'cpu  100 10 50 800 40 1 2 3 60 5\ncpu0 100 10 50 800 40 1 2 3 60 5\nintr 1\n');
    expect(await processorTime(files)).toEqual({ busy: 166, total: 1006 });
  });

  it('is unknown where the kernel tells none', async () => {
    expect(await processorTime(files)).toBeUndefined();
  });
});

it('takes as available what the kernel says', async () => {
  expect(await availableMemory(files)).toBeUndefined();
  await write('proc/meminfo', 'MemTotal:  4000 kB\nMemFree:  1 kB\nMemAvailable:    3000 kB\n');
  expect(await availableMemory(files)).toBe(3000 * 1024);
});

describe('interfaces', () => {
  it('are the physical ones, and not what containers and bridges count again', async () => {
    await nic('eth0', { physical: true, rx: 1000, tx: 10 });
    await nic('wlan0', { physical: true, rx: 500, tx: 5 });
    for (const name of ['lo', 'docker0', 'veth1', 'tun0']) await nic(name, { rx: 7, tx: 7 });
    const names = await outwardInterfaces(files);
    expect(names.sort()).toEqual(['eth0', 'wlan0']);
    expect(await trafficOf(files, names)).toEqual({ rx: 1500, tx: 15 });
    expect(await trafficOf(files, ['eth0', 'gone'])).toEqual({ rx: 1000, tx: 10 });
  });

  it('are those of a default route where none is physical', async () => {
    for (const name of ['lo', 'eth0', 'docker0', 'net1']) await nic(name, { rx: 7, tx: 7 });
    const row = (name: string, to: string, mask: string) =>
      `${name}\t${to}\t010011AC\t0003\t0\t0\t0\t${mask}\t0\t0\t0\n`;
    await write(
      'proc/net/route',
      `Iface\tDestination\n${row('eth0', '00000000', '00000000')}${row('docker0', '000011AC', '0000FFFF')}`,
    );
    const zero = '0'.repeat(32);
    await write(
      'proc/net/ipv6_route',
      `${zero} 00 ${zero} 00 ${zero} 00000400 00000001 00000000 00000003 net1\n` +
        `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200 lo\n` +
        `fe80${'0'.repeat(28)} 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001 docker0\n`,
    );
    expect((await outwardInterfaces(files)).sort()).toEqual(['eth0', 'net1']);
  });

  it('are none where there is nothing to read', async () => {
    expect(await outwardInterfaces(files)).toEqual([]);
    expect(await trafficOf(files, [])).toEqual({ rx: 0, tx: 0 });
  });
});

it('reads this machine', async () => {
  const { busy, total } = (await processorTime(kernelFiles))!;
  expect(busy).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(busy);
  expect(await outwardInterfaces(kernelFiles)).not.toContain('lo');
});
