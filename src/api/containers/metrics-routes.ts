/** What the machine and a container use: now, in steps of the past, or from now on as a stream. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { containerHistory, machineHistory } from '../../core/containers/history.ts';
import { containerUsage, machineUsage, watchContainer, watchMachine } from '../../core/containers/usage.ts';
import type { Scope } from '../../core/scopes.ts';
import { watchCaller, type OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { metricsQuery } from './metrics-query.ts';
import * as metrics from './metrics-schemas.ts';
import { containerStepOf, machineStepOf, resourcesOf, seriesOf, usageOf } from './metrics-views.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { streamFormOf, tell } from './telling.ts';
import { enveloped } from './views.ts';

const tags = ['metrics'];
/** The machine is measured no more often. */
const leastIntervalMs = { machine: 2000, container: 1000 };

const description =
  'With range or step also what was used before, in steps with averages and maxima, at most 2881 of them. ' +
  'With stream one value after the other, for as long as there is something to tell of.';

export function metricsRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  machineRoute(app, options, streams);
  containerRoute(app, options, streams);
}

function machineRoute(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core, clock } = options;
  app.get(
    `${prefix}/metrics/resources`,
    {
      config: accessOf('GetResources', 'metrics:read'),
      schema: {
        operationId: 'getResources',
        summary: 'How much of the machine is used, in percent',
        description,
        tags,
        querystring: metrics.query,
        response: { 200: schemas.success(metrics.resources), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { intervalMs, window } = readQuery(request.query, (query) =>
        metricsQuery(query, clock.now(), leastIntervalMs.machine),
      );
      if (intervalMs !== undefined) {
        return stream(request, reply, { options, streams, scope: 'metrics:read' }, async (signal) =>
          mapped(watchMachine(core, { intervalMs, signal }), resourcesOf),
        );
      }
      const now = resourcesOf(machineUsage(core));
      if (window === undefined) return enveloped(now);
      const points = await machineHistory(core, window);
      return enveloped({ ...now, ...seriesOf(window, points, machineStepOf) });
    },
  );
}

function containerRoute(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core, clock } = options;
  app.get(
    `${prefix}/metrics/containers/:container_id`,
    {
      config: accessOf('GetContainerUsage', 'containers:read'),
      schema: {
        operationId: 'getContainerUsage',
        summary: 'What a container uses; all zero for one that does not run',
        description: `${description} A stream goes on over stops and starts of the container until it is removed.`,
        tags,
        params: schemas.containerParams,
        querystring: metrics.query,
        response: { 200: schemas.success(metrics.usage), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const reference = request.params.container_id;
      const { intervalMs, window } = readQuery(request.query, (query) =>
        metricsQuery(query, clock.now(), leastIntervalMs.container),
      );
      if (intervalMs !== undefined) {
        return stream(request, reply, { options, streams, scope: 'containers:read' }, async (signal) =>
          mapped(await watchContainer(core, principal, reference, { intervalMs, signal }), usageOf),
        );
      }
      if (window === undefined) return enveloped(usageOf(await containerUsage(core, principal, reference)));
      const { points, ...now } = await containerHistory(core, principal, reference, window);
      return enveloped({ ...usageOf(now), ...seriesOf(window, points, containerStepOf) });
    },
  );
}

/** Until there is nothing more, the client goes, or may no longer read. */
async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, streams, scope }: { options: ContainersFaceOptions; streams: OpenStreams; scope: Scope },
  open: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>,
): Promise<FastifyReply> {
  const gone = streams.begin(request, reply);
  if (gone === undefined) return reply.hijack();
  const { signal } = gone;
  const items = mapped(await open(signal), (value) => ({ value }));
  const watch = watchCaller(request, gone, scope, options);
  try {
    await tell({ items, form: streamFormOf(request) ?? 'events', signal, request, reply, options });
  } finally {
    watch.cancel();
  }
  return reply;
}

async function* mapped<T, R>(items: AsyncIterable<T>, map: (item: T) => R): AsyncGenerator<R> {
  for await (const item of items) yield map(item);
}
