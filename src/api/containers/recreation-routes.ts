/** A container made anew: `POST /containers/{id}/recreate`. */
import { previewRecreation, recreateContainer } from '../../core/containers/recreation/recreate.ts';
import type { Step } from '../../core/containers/recreation/steps.ts';
import { requireScope, type Principal } from '../../core/principal.ts';
import type { OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readQuery } from './queries.ts';
import { readRecreation } from './recreation-body.ts';
import { previewOf, recreationOf } from './recreation-views.ts';
import * as schemas from './schemas.ts';
import { answerTransfer, type TransferWork } from './transfer.ts';
import { enveloped } from './views.ts';

export function recreationRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core } = options;
  app.post(
    `${prefix}/containers/:container_id/recreate`,
    {
      config: accessOf('RecreateContainer', 'containers:update'),
      schema: {
        operationId: 'recreateContainer',
        summary: 'Make a container anew with other settings, and bring the old one back where that fails',
        description:
          'Members as when a container is made; what is left out stays. The new one is good before the old one goes. ' +
          'Accepted as application/x-ndjson or text/event-stream: the steps, the answer last. Prefer: respond-async: a job.',
        tags: schemas.tags,
        params: schemas.containerParams,
        querystring: schemas.recreationQuery,
        body: schemas.recreation,
        response: { 200: schemas.success(schemas.anything), 202: schemas.accepted, ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { principal, params, query, body } = request;
      requireScope(principal, 'containers:create');
      const id = params.container_id;
      const isDry = readQuery(query, (members) => {
        members.only('dry_run');
        return members.flag('dry_run') ?? false;
      });
      const asked = readRecreation(body);
      if (isDry) return enveloped(previewOf(await previewRecreation(core, principal, id, asked), principal));
      request.audit = { target: id };
      const run = async ({ signal, onProgress }: TransferWork) => {
        const onStep = onProgress && ((step: Step) => onProgress({ step: step.name, status: step.state }));
        const work = { signal, onStep, onProgress };
        const made = await recreateContainer(core, principal, id, asked, work);
        return (reader: Principal) => recreationOf(made, reader);
      };
      return answerTransfer({ kind: 'recreate', target: id, run }, request, reply, { options, streams });
    },
  );
}
