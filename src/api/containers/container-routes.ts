/** Containers: which there are, one in full, and how one is made and removed. */
import { createContainer } from '../../core/containers/creation.ts';
import { removeContainer, updateContainer } from '../../core/containers/lifecycle.ts';
import { describeContainer, listContainers, withoutSecrets } from '../../core/containers/list.ts';
import type { Scope } from '../../core/scopes.ts';
import type { RouteAccess } from '../access.ts';
import type { TypedApp } from '../typed-app.ts';
import { readChanges } from './changes-body.ts';
import { readCreation } from './creation-body.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { containerQuery, forceQuery, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { containerOf, detailOf, enveloped } from './views.ts';

export const accessOf = (operation: string, scope: Scope): { access: RouteAccess } => ({
  access: { face: 'containers', scope, operation },
});

const { tags, errors } = schemas;

export function containerRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/containers`,
    {
      config: accessOf('ListContainers', 'containers:read'),
      schema: {
        operationId: 'listContainers',
        summary: 'Containers of the account, the newest first',
        tags,
        querystring: schemas.containersQuery,
        response: { 200: schemas.success(schemas.listOf(schemas.containerItem)), ...errors },
      },
    },
    async ({ principal, query }) => {
      const { total, items } = await listContainers(core, principal, readQuery(query, containerQuery));
      return enveloped({ total, items: items.map(containerOf) });
    },
  );

  app.post(
    `${prefix}/containers`,
    {
      config: accessOf('CreateContainer', 'containers:create'),
      schema: {
        operationId: 'createContainer',
        summary: 'Make a container; with start, run it',
        tags,
        body: schemas.creation,
        response: { 200: schemas.success(schemas.containerDetail), ...errors },
      },
    },
    async (request) => {
      const { principal } = request;
      const { details, warnings } = await createContainer(core, principal, readCreation(request.body));
      request.audit = { target: details.id };
      return enveloped({ ...detailOf(withoutSecrets(details, principal)), warnings });
    },
  );

  app.get(
    `${prefix}/containers/:container_id`,
    {
      config: accessOf('GetContainer', 'containers:read'),
      schema: {
        operationId: 'getContainer',
        summary: 'One container in full',
        description: 'Values of environment variables only with the scope containers:secrets.',
        tags,
        params: schemas.containerParams,
        response: { 200: schemas.success(schemas.containerDetail), ...errors },
      },
    },
    async ({ principal, params }) =>
      enveloped(detailOf(await describeContainer(core, principal, params.container_id))),
  );
}

export function changeRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.delete(
    `${prefix}/containers/:container_id`,
    {
      config: accessOf('DeleteContainer', 'containers:delete'),
      schema: {
        operationId: 'deleteContainer',
        summary: 'Remove a container',
        tags,
        params: schemas.containerParams,
        querystring: schemas.removalQuery,
        response: { 200: schemas.success(schemas.removed), ...errors },
      },
    },
    async ({ principal, params, query }) => {
      const options = readQuery(query, (members) => {
        members.only('force', 'volumes');
        return { force: members.flag('force'), anonymousVolumes: members.flag('volumes') };
      });
      const { id } = await removeContainer(core, principal, params.container_id, options);
      return enveloped({ id, removed: true });
    },
  );

  app.patch(
    `${prefix}/containers/:container_id`,
    {
      config: accessOf('UpdateContainer', 'containers:update'),
      schema: {
        operationId: 'updateContainer',
        summary: 'Change limits and restart policy, at once',
        tags,
        params: schemas.containerParams,
        querystring: schemas.taskForceQuery,
        body: schemas.changes,
        response: { 200: schemas.success(schemas.containerDetail), ...errors },
      },
    },
    async ({ principal, params, query, body }) => {
      const { details, warnings } = await updateContainer(
        core,
        principal,
        params.container_id,
        readChanges(body),
        readQuery(query, forceQuery),
      );
      return enveloped({ ...detailOf(withoutSecrets(details, principal)), warnings });
    },
  );
}
