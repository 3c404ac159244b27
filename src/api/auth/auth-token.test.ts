import { hash } from 'bcryptjs';
import type { FastifyRequest } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../core/principal.ts';
import { everything } from '../../core/scopes.ts';
import { accountToken, type AccountToken } from './auth-token.ts';
import type { AuthMethod } from './method.ts';

const ACCOUNT = '123456789012';
const url = `/v1/ecs/${ACCOUNT}/clusters`;
const of = (subject: string, token: string): AccountToken => ({
  token,
  principal: { subject, kind: 'token', scopes: everything, account: ACCOUNT } satisfies Principal,
});
const refused = { code: 'Unauthorized', message: 'The account token is not valid.' };

const opened: AuthMethod[] = [];
afterEach(async () => {
  for (const method of opened.splice(0)) await method.close?.();
});

function open(...options: Parameters<typeof accountToken>): AuthMethod {
  const method = accountToken(...options);
  opened.push(method);
  return method;
}

function methodWith(...tokens: AccountToken[]) {
  const method = open(async (account) => (account === ACCOUNT ? tokens : []));
  const request = (headers: Record<string, string>, path = url) =>
    ({ headers, raw: { url: path } }) as unknown as FastifyRequest;
  return {
    claims: (headers: Record<string, string>, path = url) => method.claims(request(headers, path)),
    subject: async (headers: Record<string, string>, path = url) =>
      (await method.authenticate(request(headers, path))).subject,
  };
}

describe('account tokens', () => {
  const one = of('key:one', 'token-one');
  const two = of('key:two', 'token-two');

  it('are taken in every form their clients have had', async () => {
    const method = methodWith(one, two);
    expect(await method.subject({ 'auth-token': 'token-one' })).toBe('key:one');
    expect(await method.subject({ 'x-auth-token': 'token-two' })).toBe('key:two');
    expect(await method.subject({ 'x-auth-token': await hash('token-two', 4) })).toBe('key:two');
    // As Go's library writes them.
    const go = (await hash('token-one', 4)).replace(/^\$2b/, '$2a');
    expect(await method.subject({ 'x-auth-token': go })).toBe('key:one');
  });

  it('are refused where they are wrong, and for another account', async () => {
    const method = methodWith(one);
    const good = await hash('token-one', 4);
    for (const headers of [
      { 'auth-token': 'token-two' },
      { 'auth-token': '' },
      { 'auth-token': good },
      { 'x-auth-token': await hash('token-two', 4) },
      { 'auth-token': 'token-one', 'x-auth-token': 'token-two' },
    ] as Record<string, string>[]) {
      await expect(method.subject(headers)).rejects.toMatchObject(refused);
    }
    for (const path of ['/v1/ecs/210987654321/clusters', '/v1/ecs/', `/v1/ecs/x${ACCOUNT}/clusters`]) {
      await expect(method.subject({ 'auth-token': 'token-one' }, path)).rejects.toMatchObject(refused);
    }
  });

  it('are claimed on the paths of the simple API only', () => {
    const method = methodWith(one);
    expect(method.claims({ 'auth-token': 'x' })).toBe(true);
    expect(method.claims({ 'auth-token': 'x' }, '/v1/ListClusters')).toBe(false);
    expect(method.claims({ 'x-auth-token': 'x' }, '/')).toBe(false);
    expect(method.claims({})).toBe(false);
  });

  it('as a hash that costs too much are refused before anything is hashed', async () => {
    const method = methodWith(one);
    const cheap = await hash('token-one', 4);
    const startedAt = performance.now();
    for (const cost of [11, 31]) {
      const dear = cheap.replace('$04$', `$${cost}$`);
      await expect(method.subject({ 'x-auth-token': dear })).rejects.toMatchObject({
        code: 'Unauthorized',
        message: `X-Auth-Token: the bcrypt cost is ${cost}; make the hash with at most 10.`,
      });
    }
    // A hash of that cost takes hours.
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('as a hash are checked once, and no more than four at a time', async () => {
    const method = methodWith(one);
    const known = await hash('token-one', 9);
    expect(await method.subject({ 'x-auth-token': known })).toBe('key:one');
    const hashes = await Promise.all(Array.from({ length: 6 }, () => hash('token-one', 9)));
    const answers = await Promise.allSettled(
      [...hashes, known].map((each) => method.subject({ 'x-auth-token': each })),
    );
    const outcomes = answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value : (answer.reason as { code: string }).code,
    );
    expect(outcomes).toEqual([...Array<string>(4).fill('key:one'), 'Throttled', 'Throttled', 'key:one']);
  });

  it('as a hash of a cost that bcrypt does not know are wrong', async () => {
    const method = methodWith(one);
    const odd = (await hash('token-one', 4)).replace('$04$', '$03$');
    await expect(method.subject({ 'x-auth-token': odd })).rejects.toMatchObject(refused);
  });

  it('as a hash are checked without keeping the event loop from other requests', async () => {
    const others = Array.from({ length: 5 }, (_, index) => of(`key:${index}`, `other-${index}`));
    const method = methodWith(...others, one);
    const shown = await hash('token-one', 10);
    const before = performance.eventLoopUtilization();
    expect(await method.subject({ 'x-auth-token': shown })).toBe('key:one');
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  it('as a hash are refused by one that was closed, and taken again afterwards', async () => {
    const method = open(async () => [one]);
    const subjectOf = async (shown: string) => {
      const request = { headers: { 'x-auth-token': shown }, raw: { url } } as unknown as FastifyRequest;
      return (await method.authenticate(request)).subject;
    };
    const shown = await hash('token-one', 10);
    const asked = expect(subjectOf(shown)).rejects.toThrow('has ended');
    await new Promise(setImmediate);
    await method.close!();
    await asked;
    expect(await subjectOf(shown)).toBe('key:one');
  });

  it('as a hash end with the token', async () => {
    const tokens = [one];
    const live = open(async () => tokens);
    const shown = await hash('token-one', 4);
    const request = { headers: { 'x-auth-token': shown }, raw: { url } } as unknown as FastifyRequest;
    expect((await live.authenticate(request)).subject).toBe('key:one');
    tokens.pop();
    await expect(Promise.resolve(live.authenticate(request))).rejects.toMatchObject(refused);
  });
});
