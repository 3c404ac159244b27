import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { run } from './command.ts';
import type { NetworkLease, TaskNetworks } from './lease.ts';
import { namesOf } from './names.ts';
import { openTaskNetworks } from './task-networks.ts';
import { ask, serveIn, stop } from './test-programs.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(options: { owner: string; subnet?: string }): Promise<TaskNetworks> {
  const networks = await openTaskNetworks({ publishAddress: '127.0.0.1', poolSize: 0, ...options });
  cleanups.push(() => networks.close({ keep: false }));
  return networks;
}

async function publish(networks: TaskNetworks, lease: NetworkLease, word: string): Promise<number> {
  const child = await serveIn(lease.path, 80, word);
  cleanups.push(() => stop(child));
  const [published] = await networks.publish(lease, [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
  return published?.hostPort ?? 0;
}

const newOwner = () => randomBytes(3).toString('hex');

describe.runIf(process.geteuid?.() === 0)('mishaps', () => {
  test('a lease released twice does not take the network of the task that has its slot by then', async () => {
    const networks = await open({ owner: newOwner(), subnet: '10.127.255.240/28' });
    const old = await networks.claim();
    await networks.release(old);
    // The subnet has thirteen addresses, and they are given out in turn.
    const others = [];
    for (let count = 0; count < 13; count++) others.push(await networks.claim());
    const successor = others.find(({ slot }) => slot === old.slot)!;
    const port = await publish(networks, successor, 'successor');
    await networks.release(old);
    expect(await ask('127.0.0.1', port)).toMatch(/^successor/);
    await expect(networks.hold(old, [{ containerPort: 1, hostPort: 0, protocol: 'tcp' }])).rejects.toThrow(
      'is released',
    );
  });

  test('rules that another program has removed are made again with the next change', async () => {
    const owner = newOwner();
    const networks = await open({ owner });
    const [staying, leaving, coming] = [
      await networks.claim(),
      await networks.claim(),
      await networks.claim(),
    ];
    const stayingPort = await publish(networks, staying, 'staying');
    const leavingPort = await publish(networks, leaving, 'leaving');
    const loseRules = () => run('nft', ['delete', 'table', 'ip', namesOf(owner).table]);

    await loseRules();
    await networks.release(leaving);
    expect(await ask('127.0.0.1', stayingPort)).toMatch(/^staying/);
    expect(await ask('127.0.0.1', leavingPort)).toBe('ECONNREFUSED');

    await loseRules();
    const comingPort = await publish(networks, coming, 'coming');
    expect(await ask('127.0.0.1', stayingPort)).toMatch(/^staying/);
    expect(await ask('127.0.0.1', comingPort)).toMatch(/^coming/);
  });
});
