/** The body of `POST /containers/{id}/recreate`: what changes, in the members by which a container is made. */
import { Problems } from '../../core/containers/problems.ts';
import type { Amendment, Order } from '../../core/containers/recreation/plan.ts';
import type { RecreationRequest } from '../../core/containers/recreation/recreate.ts';
import { creationMembers, imageReference, readSpec } from './creation-body.ts';
import { isObject, Members } from './members.ts';
import { readPorts } from './ports-member.ts';
import { readVolumes } from './volumes-member.ts';

const known = [
  ...creationMembers.filter((name) => name !== 'name'),
  ...['order', 'renew_anonymous_volumes', 'stable_seconds', 'timeout_seconds'],
];
const longest = 86_400;
const orders: readonly Order[] = ['start-first', 'stop-first'];

/** Throws `InvalidParameter` with every member that is wrong. One that was not sent changes nothing. */
export function readRecreation(source: unknown): RecreationRequest {
  const problems = new Problems();
  const body = new Members(source ?? {}, { problems });
  if (body.value('name') === undefined) body.only(...known);
  else body.refuse('name', 'stays; POST /containers/{id}/rename changes it.');
  const image = body.text('image', imageReference);
  const ports = readPorts(body);
  const volumes = readVolumes(body);
  const { name: _, environment, labels, limits, capabilities, ...spec } = readSpec(body);
  const all = { ...spec, image, ports: ports?.ports, mounts: volumes?.mounts };
  const request: RecreationRequest = {
    given: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    ...(environment && { environment: amendmentOf(body, 'environment', environment) }),
    ...(labels && { labels: amendmentOf(body, 'labels', labels) }),
    ...(limits && { limits }),
    ...(capabilities && {
      capabilities: {
        add: body.value('cap_add') === undefined ? undefined : capabilities.add,
        drop: body.value('cap_drop') === undefined ? undefined : capabilities.drop,
      },
    }),
    renewVolumes: body.flag('renew_anonymous_volumes') ?? false,
    ...present('start', body.flag('start')),
    ...present('order', body.choice('order', orders)),
    ...present('stableSeconds', body.number('stable_seconds', 0, longest)),
    ...present('timeoutSeconds', body.number('timeout_seconds', 1, longest)),
    pull: body.choice('pull', ['missing', 'always', 'never']) ?? 'missing',
    mountFields: volumes?.fields ?? [],
    portFields: ports?.fields ?? [],
  };
  problems.refuse();
  return request;
}

const present = <K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [name]: value } as Partial<Record<K, V>>);

/** An object changes what it names, and null takes a name away; a list takes the place of all. */
function amendmentOf(body: Members, name: string, values: Record<string, string>): Amendment {
  const given = body.value(name);
  if (!isObject(given)) return { values, removed: [], replaces: true };
  return { values, removed: Object.keys(given).filter((each) => given[each] === null) };
}
