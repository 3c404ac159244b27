/**
 * How often one may knock. Windows are fixed and begin with a caller's first request, so the number that passes in
 * one is exact. The numbers are those of the ECS and functions documents.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import { holderName, makerOf, type LimitName, type Principal } from '../core/principal.ts';
import type { RequestLimits } from './auth/request-limits.ts';
import { clientAddress } from './client-address.ts';
import { countInMemory, type MakeRateCounter } from './rate-counter.ts';

export interface LimitOptions {
  /** Requests per second and address on the ECS API; 0: no limit. */
  rateLimit: number;
  /** Requests above that in ten seconds. */
  burst: number;
  /** Addresses and networks (`10.0.0.0/8`) whose requests are not counted. Bad credentials from them are. */
  exclude: readonly string[];
  counter?: MakeRateCounter;
}

const executeAnonymous = 10;
const perMinute = { execute: 100, initialize: 100, functions: 60 };
const connectionsPerMinute = 10;
const badCredentials = 60;

interface Allowance {
  /** Whose requests are counted together. */
  key: string;
  most: number;
  burst: number;
}

export function createLimits(options: LimitOptions): RequestLimits {
  const make = options.counter ?? countInMemory;
  const counters = {
    ecs: make('ecs', 1),
    execute: make('execute', 60),
    initialize: make('initialize', 60),
    functions: make('functions', 60),
    live: make('live', 60),
  };
  const bursts = make('burst', 10);
  const failures = make('failure', 60);
  const isExcluded = inNetworks(options.exclude);

  const counted = async (request: FastifyRequest, limit: LimitName, { key, most, burst }: Allowance) => {
    const { consumedPoints, msBeforeNext } = await counters[limit].consume(key);
    const reset = Math.max(1, Math.ceil(msBeforeNext / 1000));
    request.rateLimit = { limit: most, remaining: Math.max(0, most - consumedPoints), reset };
    if (consumedPoints <= most) return;
    if (burst > 0 && (await bursts.consume(key)).consumedPoints <= burst) return;
    throw throttled(
      `Rate exceeded: at most ${most} requests per ${limit === 'ecs' ? 'second' : 'minute'}.`,
      reset,
    );
  };
  const refuseGuesser = async (address: string) => {
    const bad = await failures.get(address);
    if (bad === null || bad.consumedPoints < badCredentials || bad.msBeforeNext <= 0) return;
    throw throttled('Too many bad credentials from this address.', Math.ceil(bad.msBeforeNext / 1000));
  };

  return {
    count: (request, limit) => {
      const allowance = allowanceFor(request, limit, options);
      return allowance === undefined || isExcluded(request.ip)
        ? undefined
        : counted(request, limit, allowance);
    },
    checkFailures: (request) => {
      const address = clientAddress(request.ip);
      return failures.knows?.(address) === false ? undefined : refuseGuesser(address);
    },
    countFailure: async (request) => {
      await failures.consume(clientAddress(request.ip));
    },
  };
}

/** Undefined: no limit. */
function allowanceFor(
  request: FastifyRequest,
  limit: LimitName,
  { rateLimit, burst }: LimitOptions,
): Allowance | undefined {
  const { principal } = request;
  const own = principal.limits?.[limit === 'initialize' ? 'execute' : limit];
  if (own !== undefined) return { key: `own ${limitHolder(principal)}`, most: own, burst: 0 };
  if (limit === 'ecs' && rateLimit === 0) return undefined;
  const address = clientAddress(request.ip);
  if (limit === 'live') return { key: address, most: connectionsPerMinute, burst: 0 };
  if (limit === 'ecs') return { key: address, most: rateLimit, burst };
  const isAnonymous = principal.kind === 'anonymous' && limit !== 'functions';
  const most = isAnonymous ? executeAnonymous : perMinute[limit];
  return { key: isSomebody(principal) ? `subject ${holderName(principal)}` : address, most, burst: 0 };
}

/** Whose the limits are. A token has those of who made it: another token, with whatever subject, is no way around. */
function limitHolder(principal: Principal): string {
  const { kind, account, subject, keyId } = principal;
  const holder = kind === 'token' ? makerOf(principal) : keyId;
  return holderName({ account, subject: holder ?? subject });
}

/** With authentication off, and without a credential, every caller is the same subject: the address tells them apart. */
const isSomebody = ({ kind }: Principal): boolean =>
  kind !== 'none' && kind !== 'anonymous' && kind !== 'local';

function throttled(message: string, retryAfter: number): AppError {
  return new AppError('Throttled', `${message} Try again in ${retryAfter} s.`, { retryAfter });
}

function inNetworks(networks: readonly string[]): (ip: string | undefined) => boolean {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (ip) => {
    const family = isIP(ip ?? '');
    return family !== 0 && list.check(ip!, family === 6 ? 'ipv6' : 'ipv4');
  };
}

export interface RateLimit {
  /** Requests in the window, and how many of them are left. */
  limit: number;
  remaining: number;
  /** Seconds until the window ends. */
  reset: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** How far the caller is in the limit of its route, where that has one. */
    rateLimit: RateLimit | undefined;
  }
}

/** `RateLimit-Limit`, `-Remaining` and `-Reset` on every answer of a limited route, good or bad. */
export function tellLimits(app: FastifyInstance): void {
  app.decorateRequest('rateLimit', undefined);
  app.addHook('onSend', (request, reply, payload, done) => {
    const { rateLimit } = request;
    if (rateLimit !== undefined) {
      reply.header('ratelimit-limit', rateLimit.limit);
      reply.header('ratelimit-remaining', rateLimit.remaining);
      reply.header('ratelimit-reset', rateLimit.reset);
    }
    done(null, payload);
  });
}
