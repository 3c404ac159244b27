/** What the machine and a container use now, and go on using. */
import { containerUsage, machineUsage, usageStream } from '../../core/containers/usage.ts';
import type { ContainerUsage } from '../../core/ports/host-containers.ts';
import { watchCaller, type OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { streamFormOf, tell, type Told } from './telling.ts';
import { enveloped, resourcesOf, usageOf } from './views.ts';

const tags = ['metrics'];

export function metricsRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core } = options;
  app.get(
    `${prefix}/metrics/resources`,
    {
      config: accessOf('GetResources', 'metrics:read'),
      schema: {
        operationId: 'getResources',
        summary: 'How much of the machine is used, in percent',
        tags,
        response: { 200: schemas.success(schemas.resources), ...schemas.errors },
      },
    },
    () => enveloped(resourcesOf(machineUsage(core))),
  );

  app.get(
    `${prefix}/metrics/containers/:container_id`,
    {
      config: accessOf('GetContainerUsage', 'containers:read'),
      schema: {
        operationId: 'getContainerUsage',
        summary: 'What a container uses; all zero for one that does not run',
        tags,
        params: schemas.containerParams,
        querystring: schemas.usageQuery,
        response: { 200: schemas.success(schemas.usage), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const reference = request.params.container_id;
      const isStream = readQuery(request.query, (query) => {
        query.only('stream');
        return query.flag('stream') ?? false;
      });
      if (!isStream) {
        const { container, usage } = await containerUsage(core, request.principal, reference);
        return enveloped(usageOf(container, usage));
      }
      const gone = streams.begin(request, reply);
      if (gone === undefined) return reply.hijack();
      const { signal } = gone;
      const { container, samples } = await usageStream(core, request.principal, reference, signal);
      const watch = watchCaller(request, gone, 'containers:read', options);
      try {
        const form = streamFormOf(request) ?? 'events';
        await tell({ items: told(container, samples), form, signal, request, reply, options });
      } finally {
        watch.cancel();
      }
      return reply;
    },
  );
}

async function* told(
  container: Parameters<typeof usageOf>[0],
  samples: AsyncIterable<ContainerUsage>,
): AsyncGenerator<Told> {
  for await (const usage of samples) yield { value: usageOf(container, usage) };
}
