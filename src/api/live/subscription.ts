/** What one `subscribe` asked for. */
import { isArn, shortId } from '../../core/arn.ts';
import { requireScope, seesAccount, type Principal } from '../../core/principal.ts';
import { eventScopes, eventTypes, type EventType, type LiveEvent } from './events.ts';
import { invalid, optionalObject, optionalText, optionalTexts, type Fields } from './fields.ts';
import { positionOf, type Position } from './position.ts';
import { LiveError } from './protocol.ts';

export interface Subscription {
  id: string;
  types: ReadonlySet<EventType>;
  /** ARNs or names; undefined: all. */
  clusters?: ReadonlySet<string>;
  services?: ReadonlySet<string>;
  statuses?: ReadonlySet<string>;
  /** Where to go on; undefined: with what comes. */
  since?: Position;
  /** False while what it missed is being sent. */
  live: boolean;
}

const refused = 'Invalid subscription parameters';
/** Those that `filters.status` narrows; a cluster's states are others, and health has none of a task's. */
const withStatus: ReadonlySet<EventType> = new Set(['task', 'container', 'service', 'deployment']);
const ofService: ReadonlySet<EventType> = new Set(['task', 'container', 'service', 'deployment', 'scaling']);

/** Throws `LiveError`: INVALID_REQUEST for what cannot be read, PERMISSION_DENIED for types the caller may not see. */
export function readSubscription(id: string, payload: Fields, principal: Principal): Subscription {
  const types = readTypes(payload);
  for (const type of types) requireType(principal, type);
  const since = readSince(payload);
  return {
    id,
    types,
    ...setOf('clusters', optionalTexts(payload, 'clusters')),
    ...setOf('services', optionalTexts(payload, 'services')),
    ...setOf('statuses', optionalTexts(optionalObject(payload, 'filters'), 'status')),
    ...(since && { since }),
    live: false,
  };
}

function readTypes(payload: Fields): ReadonlySet<EventType> {
  const named = optionalTexts(payload, 'eventTypes');
  if (named === undefined || named.length === 0) {
    throw invalid('eventTypes', `Name at least one event type: ${eventTypes.join(', ')}`, refused);
  }
  const unknown = named.find((type) => !eventTypes.includes(type as EventType));
  if (unknown !== undefined) {
    throw invalid('eventTypes', `Unknown event type: '${unknown.slice(0, 100)}'`, refused);
  }
  return new Set(named as EventType[]);
}

function readSince(payload: Fields): Position | undefined {
  const field = payload['since'] === undefined ? 'lastEventId' : 'since';
  const id = optionalText(payload, field, 64);
  if (id === undefined) return undefined;
  const position = positionOf(id);
  if (!position) throw invalid(field, "it must be an event's id, such as evt-123", refused);
  return position;
}

function requireType(principal: Principal, type: EventType): void {
  for (const scope of ['events:read', eventScopes[type]] as const) {
    try {
      requireScope(principal, scope);
    } catch {
      throw new LiveError('PERMISSION_DENIED', `Events of type '${type}' need the scope ${scope}`, {
        field: 'eventTypes',
        reason: `${principal.subject} does not have the scope ${scope}`,
      });
    }
  }
}

function setOf<K extends string>(name: K, items: readonly string[] | undefined): { [_ in K]?: Set<string> } {
  return items && items.length > 0 ? ({ [name]: new Set(items) } as { [_ in K]: Set<string> }) : {};
}

export function matches(subscription: Subscription, event: LiveEvent): boolean {
  const { types, clusters, services, statuses } = subscription;
  if (!types.has(event.type)) return false;
  if (clusters && event.type !== 'health' && !names(clusters, event.clusterArn)) return false;
  if (services && ofService.has(event.type) && !names(services, event.service)) return false;
  return !statuses || !withStatus.has(event.type) || statuses.has(event.status ?? '');
}

/** Whether it exists for this caller at all. Asked again for every event: a credential may have lost scopes. */
export function mayPerceive(principal: Principal, event: LiveEvent): boolean {
  return (
    principal.scopes.allows('events:read') &&
    principal.scopes.allows(eventScopes[event.type]) &&
    (event.account === undefined || seesAccount(principal, event.account))
  );
}

/** A filter's names may be ARNs. */
function names(set: ReadonlySet<string>, subject: string | undefined): boolean {
  if (subject === undefined) return false;
  if (set.has(subject) || set.has(shortId(subject))) return true;
  if (isArn(subject)) return false;
  for (const each of set) if (isArn(each) && shortId(each) === subject) return true;
  return false;
}
