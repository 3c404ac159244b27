/** Limits, restart policy and health check of a container, as making and changing one take them. */
import type { HealthCheck, Limits, RestartPolicy } from '../../core/ports/host-container-spec.ts';
import { isObject, Members } from './members.ts';

export const limitMembers = ['memory_limit', 'memory_reservation', 'cpu_limit', 'cpu_shares', 'pids_limit'];

const units: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
/** Docker's own. */
const leastMemory = 6 * 1024 ** 2;

/** Undefined where none is given. */
export function readLimits(body: Members): Limits | undefined {
  const limits: Limits = {
    memoryBytes: readBytes(body, 'memory_limit'),
    memoryReservationBytes: readBytes(body, 'memory_reservation'),
    cpus: body.number('cpu_limit', 0, 4096),
    cpuShares: body.integer('cpu_shares', 0, 262_144),
    pids: body.integer('pids_limit', -1, 4_194_304),
  };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** Bytes, or `512m`, `1.5GiB`. 0 is no limit. */
export function readBytes(body: Members, name: string, least = leastMemory): number | undefined {
  const value = body.value(name);
  if (value === undefined) return undefined;
  const bytes = typeof value === 'string' ? bytesOf(value) : value;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) {
    return body.refuse(name, 'must be a number of bytes, or text such as 512m or 1.5g.');
  }
  if (bytes > 0 && bytes < least) return body.refuse(name, 'must be at least 6m, or 0 for no limit.');
  return bytes;
}

function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  return number === undefined ? undefined : Math.round(Number(number) * units[unit!.toLowerCase()]!);
}

const policies = ['no', 'always', 'unless-stopped', 'on-failure'] as const;

/** `always`, `on-failure:3`, or `{name, maximum_retry_count}` as Docker's clients have it. */
export function readRestartPolicy(body: Members): RestartPolicy | undefined {
  const value = body.value('restart_policy');
  if (value === undefined) return undefined;
  if (isObject(value)) {
    const policy = new Members(value, { problems: body.problems, path: body.field('restart_policy') });
    policy.only('name', 'Name', 'maximum_retry_count', 'MaximumRetryCount');
    const spelling = policy.value('name') === undefined ? 'Name' : 'name';
    if (policy.value(spelling) === undefined) return policy.refuse('name', 'is missing.');
    const name = policy.choice(spelling, policies);
    const retries =
      policy.integer('maximum_retry_count', 0, 1_000_000) ??
      policy.integer('MaximumRetryCount', 0, 1_000_000);
    return name && { name, ...(retries ? { maximumRetries: retries } : {}) };
  }
  const [, name, retries] = /^([a-z-]+)(?::(\d{1,6}))?$/.exec(typeof value === 'string' ? value : '') ?? [];
  const known = policies.find((each) => each === name);
  if (known === undefined || (retries !== undefined && known !== 'on-failure')) {
    return body.refuse('restart_policy', `must be one of ${policies.join(', ')}, or on-failure:<times>.`);
  }
  return { name: known, ...(Number(retries) > 0 && { maximumRetries: Number(retries) }) };
}

export function readHealthCheck(body: Members): HealthCheck | undefined {
  const value = body.value('healthcheck');
  if (value === undefined) return undefined;
  const check = new Members(value, { problems: body.problems, path: body.field('healthcheck') });
  if (!isObject(value)) return undefined;
  check.only('test', 'interval', 'timeout', 'retries', 'start_period');
  const test = check.value('test');
  const list = typeof test === 'string' ? ['CMD-SHELL', test] : check.texts('test');
  if (list === undefined || list.length === 0) return check.refuse('test', 'must be a command.');
  if (!['CMD', 'CMD-SHELL', 'NONE'].includes(list[0]!)) {
    return check.refuse('test', 'must be text, or begin with CMD, CMD-SHELL or NONE.');
  }
  const seconds = (name: string) => check.number(name, 0, 86_400);
  const read = {
    intervalSeconds: seconds('interval'),
    timeoutSeconds: seconds('timeout'),
    retries: check.integer('retries', 0, 1000),
    startPeriodSeconds: seconds('start_period'),
  };
  return { test: list, ...read };
}
