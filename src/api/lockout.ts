/**
 * Guessing of passwords. Five bad logins of a user within 15 minutes close that user for 30; twenty of one address,
 * whoever they were for, close the address. A name that does not exist is counted like one that does, so that the
 * answers do not tell them apart.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { clientAddress } from './client-address.ts';
import { countInMemory, type MakeRateCounter, type RateCounter } from './rate-counter.ts';

export interface Lockout {
  /** Before the password is looked at. Throws `Throttled`, with `retryAfter` seconds, where it is not to be. */
  check(user: string, ip: string): Promise<void>;
  failed(user: string, ip: string): Promise<void>;
  succeeded(user: string, ip: string): Promise<void>;
}

const windowSeconds = 15 * 60;
const blockedSeconds = 30 * 60;
const most = { user: 5, address: 20 };

/**
 * An attempt counts as failed from `check` until `succeeded` takes it back: a hundred that come at once, while the
 * first of them is still being looked at, are no way around the count.
 */
export function createLockout(counter: MakeRateCounter = countInMemory): Lockout {
  const users = counter('login-user', windowSeconds);
  const addresses = counter('login-address', windowSeconds);
  return {
    check: async (user, ip) => {
      const address = clientAddress(ip);
      await claim(addresses, address, most.address);
      try {
        await claim(users, digest(user), most.user);
      } catch (error) {
        await addresses.reward(address);
        throw error;
      }
    },
    failed: async (user, ip) => {
      await blockIfSpent(users, digest(user), most.user);
      await blockIfSpent(addresses, clientAddress(ip), most.address);
    },
    succeeded: async (user, ip) => {
      await users.delete(digest(user));
      // Only this attempt: with an account of one's own, others' could be guessed without end.
      await addresses.reward(clientAddress(ip));
    },
  };
}

async function claim(counter: RateCounter, key: string, limit: number): Promise<void> {
  const result = await counter.penalty(key);
  if (result.consumedPoints <= limit) return;
  await counter.reward(key);
  const retryAfter = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
  throw new AppError('Throttled', `Too many failed logins. Try again in ${retryAfter} s.`, { retryAfter });
}

async function blockIfSpent(counter: RateCounter, key: string, limit: number): Promise<void> {
  const result = await counter.get(key);
  if (result !== null && result.consumedPoints >= limit) await counter.block(key, blockedSeconds);
}

/** Names come from outside and are as long as somebody likes. */
const digest = (user: string) => createHash('sha256').update(user).digest('base64');
