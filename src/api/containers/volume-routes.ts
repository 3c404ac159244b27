/** Volumes: which there are, made and removed. */
import { createVolume, findVolume, listVolumes, removeVolume } from '../../core/containers/volumes.ts';
import { seesServer } from '../../core/containers/visibility.ts';
import type { HostVolume } from '../../core/ports/host-volumes.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { readTexts } from './creation-body.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { forceQuery, pageQuery, readBody, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped, timeOf } from './views.ts';
import { volumeName } from './volumes-member.ts';

const tags = ['volumes'];
const { errors } = schemas;
const done = { 200: schemas.success(schemas.anything), ...errors };

export function volumeRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/volumes`,
    {
      config: accessOf('ListVolumes', 'volumes:read'),
      schema: {
        operationId: 'listVolumes',
        summary: 'Volumes of the account, by name',
        tags,
        querystring: schemas.volumesQuery,
        response: { 200: schemas.success(schemas.listOf(schemas.anything)), ...errors },
      },
    },
    async ({ principal, query }) => {
      const asked = readQuery(query, (members) => {
        members.only('limit', 'offset', 'name', 'label', 'unused');
        return {
          ...pageQuery(members),
          name: members.text('name'),
          labels: members.texts('label'),
          unused: members.flag('unused'),
        };
      });
      const { total, items } = await listVolumes(core, principal, asked);
      return enveloped({ total, items: items.map((each) => volumeOf(each, seesServer(core, principal))) });
    },
  );

  app.get(
    `${prefix}/volumes/:name`,
    {
      config: accessOf('GetVolume', 'volumes:read'),
      schema: {
        operationId: 'getVolume',
        summary: 'One volume, with the containers that have it',
        tags,
        params: schemas.volumeParams,
        response: done,
      },
    },
    async ({ principal, params }) =>
      enveloped(
        volumeOf(await findVolume(core, principal, checkedName(params.name)), seesServer(core, principal)),
      ),
  );
}

export function volumeChangeRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.post(
    `${prefix}/volumes`,
    {
      config: accessOf('CreateVolume', 'volumes:create'),
      schema: {
        operationId: 'createVolume',
        summary: 'Make a volume',
        tags,
        body: schemas.volume,
        response: done,
      },
    },
    async ({ principal, body }) => {
      const spec = readBody(body, (members) => {
        members.only('name', 'driver', 'driver_opts', 'labels');
        return {
          name: members.text('name', volumeName),
          driver: members.text('driver', volumeName),
          driverOptions: readTexts(members, 'driver_opts'),
          labels: readTexts(members, 'labels'),
        };
      });
      return enveloped(volumeOf(await createVolume(core, principal, spec), seesServer(core, principal)));
    },
  );

  app.delete(
    `${prefix}/volumes/:name`,
    {
      config: accessOf('DeleteVolume', 'volumes:delete'),
      schema: {
        operationId: 'deleteVolume',
        summary: 'Remove a volume that no container has',
        tags,
        params: schemas.volumeParams,
        querystring: schemas.forceQuery,
        response: done,
      },
    },
    async ({ principal, params, query }) => {
      await removeVolume(core, principal, checkedName(params.name), readQuery(query, forceQuery));
      return enveloped({ name: params.name, removed: true });
    },
  );
}

/** Before it gets into a path of an engine. */
function checkedName(name: string): string {
  return readQuery({ name }, (members) => members.text('name', volumeName))!;
}

/** `onMachine`: with where it is, which is for callers of the server's own account. */
function volumeOf(volume: HostVolume, onMachine: boolean) {
  return {
    name: volume.name,
    driver: volume.driver,
    driver_opts: volume.driverOptions,
    labels: volume.labels,
    created_at: volume.createdAt === undefined ? null : timeOf(volume.createdAt),
    used_by: volume.usedBy,
    task: volume.task ?? null,
    ...(onMachine && { directory: volume.directory }),
  };
}
