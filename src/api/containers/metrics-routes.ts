/** What the machine and a container use now. */
import { containerUsage, machineUsage } from '../../core/containers/usage.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import * as schemas from './schemas.ts';
import { enveloped, resourcesOf, usageOf } from './views.ts';

const tags = ['metrics'];

export function metricsRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
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
        response: { 200: schemas.success(schemas.usage), ...schemas.errors },
      },
    },
    async ({ principal, params }) => {
      const { container, usage } = await containerUsage(core, principal, params.container_id);
      return enveloped(usageOf(container, usage));
    },
  );
}
