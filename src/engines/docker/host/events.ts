/** The engine's events as the port has them, the same words whoever it is. */
import type { EventQuery, HostChange, HostEvent, ResourceKind } from '../../../core/ports/container-host.ts';
import { EventStream } from '../../event-stream.ts';
import type { DockerClient, Filters } from '../client/docker-client.ts';
import type { EventMessage } from '../client/types.ts';
import { readEvents } from '../event-reading.ts';
import { exitCodeOf } from '../exit-events.ts';
import { holderLabel, taskLabel } from '../labels.ts';

/** Podman's words for Docker's. */
const otherWords: Record<string, string> = { died: 'die', remove: 'destroy' };
const words: Record<ResourceKind, ReadonlySet<string>> = {
  container: new Set([
    ...[
      'create',
      'start',
      'die',
      'stop',
      'kill',
      'pause',
      'unpause',
      'restart',
      'rename',
      'update',
      'oom',
      'destroy',
    ],
  ]),
  image: new Set(['pull', 'push', 'tag', 'untag', 'delete', 'load', 'save', 'import']),
  volume: new Set(['create', 'destroy']),
  network: new Set(['create', 'connect', 'disconnect', 'destroy']),
};

/** Its reader is told of what it was too slow to take. */
export const hostEventStream = () =>
  new EventStream<HostEvent>(() => [{ kind: 'resync', reason: 'events came faster than they were read' }]);

export async function* hostEvents(client: DockerClient, query: EventQuery): AsyncGenerator<HostEvent> {
  const { since = Date.now(), kinds, signal } = query;
  const events = hostEventStream();
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  const reader = events.read(over);
  const listener = {
    event: (message: EventMessage, at: number) => {
      const change = changeOf(message, at);
      if (change) events.publish(change);
    },
    lost: () => undefined,
    back: () => events.publish({ kind: 'resync', reason: 'the connection to the engine was lost' }),
  };
  const filters: Filters = kinds ? { type: [...kinds] } : {};
  const reading = readEvents(client, filters, since, listener, over);
  try {
    yield* reader;
  } finally {
    stop.abort();
    await reading;
  }
}

/** Undefined for what the port does not tell. */
function changeOf({ Type, Action, Actor }: EventMessage, at: number): HostChange | undefined {
  const kind = Type as ResourceKind;
  const action = otherWords[Action] ?? Action;
  const { name, image, ...attributes } = Actor.Attributes;
  const told = words[kind]?.has(action) || action.startsWith('health_status: ');
  if (!told || attributes[holderLabel] !== undefined) return undefined;
  const task = attributes[taskLabel];
  return {
    kind,
    // Podman gives volumes and images no id.
    action,
    id: Actor.ID || name || '',
    name: (kind === 'image' ? imageNameOf(Actor) : name) || Actor.ID,
    at,
    ...(image && kind === 'container' && { image }),
    ...(action === 'die' && { exitCode: exitCodeOf(attributes) }),
    ...(task !== undefined && { task }),
    ...(kind === 'container' && { labels: attributes }),
  };
}

/** Docker's id of a pull is the reference, and its name the same without the tag. */
function imageNameOf({ ID, Attributes }: EventMessage['Actor']): string | undefined {
  const { name } = Attributes;
  return ID !== '' && !ID.startsWith('sha256:') && name !== undefined && ID.startsWith(name) ? ID : name;
}
