import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLockout, type Lockout } from './lockout.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const minutes = (count: number) => vi.advanceTimersByTime(count * 60_000);
const blocked = { code: 'Throttled' };

async function fail(lockout: Lockout, user: string, ip: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await lockout.check(user, ip);
    await lockout.failed(user, ip);
  }
}

async function login(lockout: Lockout, user: string, ip: string): Promise<void> {
  await lockout.check(user, ip);
  await lockout.succeeded(user, ip);
}

test('five bad logins of a user close it for 30 minutes, from everywhere, and no other user', async () => {
  const lockout = createLockout();
  await fail(lockout, 'ann', '192.0.2.1', 5);
  await expect(lockout.check('ann', '192.0.2.1')).rejects.toMatchObject(blocked);
  await expect(lockout.check('ann', '192.0.2.2')).rejects.toMatchObject({ details: { retryAfter: 1800 } });
  await login(lockout, 'bob', '192.0.2.1');
  minutes(29);
  await expect(lockout.check('ann', '192.0.2.1')).rejects.toMatchObject(blocked);
  minutes(1);
  await login(lockout, 'ann', '192.0.2.1');
});

test('four do not, a good one clears them, and old ones are forgotten', async () => {
  const lockout = createLockout();
  await fail(lockout, 'ann', '192.0.2.1', 4);
  await login(lockout, 'ann', '192.0.2.1');
  await fail(lockout, 'ann', '192.0.2.1', 4);
  minutes(15);
  await fail(lockout, 'ann', '192.0.2.1', 4);
  await login(lockout, 'ann', '192.0.2.1');
});

test('twenty of an address close it whoever they were for, also with a good login between each', async () => {
  const lockout = createLockout();
  for (let user = 0; user < 20; user++) {
    await fail(lockout, `user ${user}`, '192.0.2.1', 1);
    if (user < 19) await login(lockout, 'mallory', '192.0.2.1');
  }
  await expect(lockout.check('mallory', '192.0.2.1')).rejects.toMatchObject(blocked);
  await login(lockout, 'mallory', '192.0.2.2');
});

test('a hundred at once are five', async () => {
  const lockout = createLockout();
  const attempts = Array.from({ length: 100 }, (_, index) => lockout.check('ann', `192.0.2.${index}`));
  const results = await Promise.allSettled(attempts);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

test('a name that does not exist is told nothing else', async () => {
  const lockout = createLockout();
  const messages = await Promise.all(
    ['ann', 'no such user'].map(async (user, index) => {
      await fail(lockout, user, `192.0.2.${index}`, 5);
      return lockout.check(user, `192.0.2.${index}`).catch((error: Error) => error.message);
    }),
  );
  expect(messages).toEqual(['Too many failed logins. Try again in 1800 s.', messages[0]]);
});

test('what was refused for coming at once is no failure', async () => {
  const lockout = createLockout();
  const users = Array.from({ length: 100 }, (_, index) => `user ${index}`);
  const results = await Promise.allSettled(users.map((user) => lockout.check(user, '192.0.2.1')));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  for (const user of users.slice(0, 20)) await lockout.succeeded(user, '192.0.2.1');
  await login(lockout, 'user 99', '192.0.2.1');
});
