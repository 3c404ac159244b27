/**
 * The task network: one network namespace per task, joined to a bridge of ours, with published ports by nftables.
 * All state is in the kernel under names that carry the owner and the slot, so a new process finds it again.
 */
import { isIPv4 } from 'node:net';
import { install } from './installation.ts';
import { KernelTaskNetworks } from './kernel-task-networks.ts';
import type { TaskNetworks, TaskNetworksOptions } from './lease.ts';
import { foundSlots } from './links.ts';
import { withMachineLock } from './machine-lock.ts';
import { namesOf } from './names.ts';

export type {
  AdoptedLease,
  NetworkLease,
  NetworkLog,
  Published,
  PublishRequest,
  TaskNetworks,
  TaskNetworksOptions,
} from './lease.ts';
export { taskNetworkSupport, type TaskNetworkSupport } from './support.ts';

/** Sets the machine up for this owner's tasks. Adds to what an earlier process of the same owner left. */
export async function openTaskNetworks(options: TaskNetworksOptions): Promise<TaskNetworks> {
  const names = namesOf(options.owner);
  if (!isIPv4(options.publishAddress))
    throw new Error(`publish address "${options.publishAddress}" must be an IPv4 address`);
  return withMachineLock(async () => {
    const installation = await install(names, options.subnet);
    return new KernelTaskNetworks(installation, options, await foundSlots(names));
  });
}
