/** What happens to containers, images, volumes and networks, as it happens; and the engine behind them. */
import { watchEvents } from '../../core/containers/events.ts';
import { hostOf } from '../../core/containers/context.ts';
import type { EventQuery, HostEvent, ResourceKind } from '../../core/ports/container-host.ts';
import { watchCaller, type OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import type { Members } from './members.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readMoment, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { lastEventId, streamFormOf, tell, type Told } from './telling.ts';
import { enveloped } from './views.ts';

const tags = ['events'];
export const kinds = ['container', 'image', 'volume', 'network'] as const;

export function eventRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  app.get(
    `${prefix}/events`,
    {
      config: accessOf('WatchEvents', 'events:read'),
      schema: {
        operationId: 'watchEvents',
        summary: 'What happens, as server-sent events, or NDJSON where that is accepted',
        description:
          'resync says that something may have been missed. The id of an event resumes as Last-Event-ID.',
        tags,
        querystring: schemas.eventsQuery,
        response: { 200: schemas.told, ...schemas.errors },
      },
    },
    async (request, reply) => {
      const asked = readQuery(request.query, (query) => eventQuery(query, options.clock.now()));
      const gone = streams.begin(request, reply);
      if (gone === undefined) return reply.hijack();
      const last = placeOf(lastEventId(request));
      const query: EventQuery = { ...asked, ...(last && { since: last.at }), signal: gone.signal };
      const items = told(await watchEvents(options.core, request.principal, query), last);
      const watch = watchCaller(request, gone, 'events:read', options);
      try {
        const form = streamFormOf(request) ?? 'events';
        await tell({ items, form, signal: gone.signal, request, reply, options });
      } finally {
        watch.cancel();
      }
    },
  );
}

export function systemRoute(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/system/info`,
    {
      config: accessOf('GetSystemInfo', 'metrics:read'),
      schema: {
        operationId: 'getSystemInfo',
        summary: 'The engine: product, version, what it has',
        tags: ['metrics'],
        response: { 200: schemas.success(schemas.anything), ...schemas.errors },
      },
    },
    async () => {
      const { product, version, apiVersion, kernel, storageDriver, cpus, memoryBytes, ...more } =
        await hostOf(core).describe();
      return enveloped({
        engine: core.engine.name,
        product,
        version,
        api_version: apiVersion,
        kernel,
        cgroup_version: more.cgroupVersion ?? null,
        storage_driver: storageDriver,
        cpu_cores: cpus,
        memory_total_bytes: memoryBytes,
        containers: more.containers,
        images: more.images,
      });
    },
  );
}

function eventQuery(query: Members, now: number): Pick<EventQuery, 'since' | 'kinds'> {
  query.only('since', 'kind');
  return { since: readMoment(query, 'since', now), kinds: readKinds(query, 'kind') };
}

/** Several with commas, or given several times. */
export function readKinds(query: Members, name: string): ResourceKind[] | undefined {
  const given = query.texts(name)?.flatMap((each) => each.split(','));
  const unknown = given?.find((each) => !kinds.includes(each as ResourceKind));
  if (unknown === undefined) return given as ResourceKind[] | undefined;
  return query.refuse(name, `must be some of ${kinds.join(', ')}.`);
}

/** Where an event is: its time, and which one of that millisecond. */
interface Place {
  at: number;
  index: number;
}

function placeOf(id: string | undefined): Place | undefined {
  const [, at, index] = /^(\d{1,15})\.(\d{1,9})$/.exec(id ?? '') ?? [];
  return at === undefined ? undefined : { at: Number(at), index: Number(index) };
}

/** Without those up to `last`, which a client that comes back had already. */
async function* told(events: AsyncIterable<HostEvent>, last: Place | undefined): AsyncGenerator<Told> {
  let place: Place = { at: 0, index: 0 };
  for await (const event of events) {
    if (event.kind === 'resync') {
      yield { event: 'resync', value: event };
      continue;
    }
    const { at, kind } = event;
    place = { at, index: at === place.at ? place.index + 1 : 0 };
    if (last?.at === at && place.index <= last.index) continue;
    yield { id: `${at}.${place.index}`, event: kind, value: eventOf(event) };
  }
}

function eventOf(event: Exclude<HostEvent, { kind: 'resync' }>) {
  const { kind, action, id, name, at, image, exitCode, task } = event;
  return {
    kind,
    action,
    id,
    name,
    timestamp: new Date(at).toISOString(),
    ...(image !== undefined && { image }),
    ...(exitCode !== undefined && { exit_code: exitCode }),
    ...(task !== undefined && { task }),
  };
}
