/** Whether registries have other images by now: for many images at once, and for what a container is made of. */
import { checkContainerUpdate, checkImageUpdates } from '../../core/containers/image-updates.ts';
import { checkedReference } from '../../core/containers/images.ts';
import type { OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { imageReference } from './creation-body.ts';
import { containerCheckOf, imageCheckOf } from './image-views.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readBody, readQuery } from './queries.ts';
import * as registrySchemas from './registry-schemas.ts';
import * as schemas from './schemas.ts';
import { answerTransfer } from './transfer.ts';
import { enveloped } from './views.ts';

const { errors } = schemas;

export function updateRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core } = options;
  app.post(
    `${prefix}/images/check-updates`,
    {
      config: { access: { ...accessOf('CheckImageUpdates', 'images:read').access, audited: false } },
      schema: {
        operationId: 'checkImageUpdates',
        summary: 'Ask the registries of many images whether they have others by now',
        description:
          'Accepted as application/x-ndjson or text/event-stream: progress, the answer last. Prefer: respond-async: a job.',
        tags: schemas.imageTags,
        body: registrySchemas.updateChecks,
        response: {
          200: schemas.success(schemas.listOf(registrySchemas.imageCheck)),
          202: schemas.accepted,
          ...errors,
        },
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const asked = readBody(request.body, (body) => {
        body.only('images', 'refresh');
        return { images: body.texts('images', imageReference), refresh: body.flag('refresh') };
      });
      asked.images?.forEach(checkedReference);
      const run = async (
        transfer: Pick<Parameters<typeof checkImageUpdates>[2], 'onProgress' | 'signal'>,
      ) => {
        const items = await checkImageUpdates(core, principal, { ...asked, ...transfer });
        const available = items.filter(({ status }) => status === 'update_available').length;
        return () => ({ total: items.length, update_available: available, items: items.map(imageCheckOf) });
      };
      return answerTransfer({ kind: 'check', target: 'images', run }, request, reply, { options, streams });
    },
  );

  app.get(
    `${prefix}/containers/:container_id/update`,
    {
      config: accessOf('CheckContainerUpdate', 'containers:read'),
      schema: {
        operationId: 'checkContainerUpdate',
        summary: 'Whether the registry has another image by now than the container is made of',
        tags: schemas.tags,
        params: schemas.containerParams,
        querystring: registrySchemas.updateQuery,
        response: { 200: schemas.success(registrySchemas.containerCheck), ...errors },
      },
    },
    async ({ principal, params, query }) => {
      const check = await checkContainerUpdate(core, principal, params.container_id, readRefresh(query));
      return enveloped(containerCheckOf(check));
    },
  );
}

export function readRefresh(query: unknown): { refresh: boolean | undefined } {
  return readQuery(query, (members) => {
    members.only('refresh');
    return { refresh: members.flag('refresh') };
  });
}
