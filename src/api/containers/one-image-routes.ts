/** What is asked of one image: `<image>/history`, `/tag`, `/push`, `/save`. Its name has slashes, so it is found from the end. */
import type { Readable } from 'node:stream';
import Type from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  checkedReference,
  describeImage,
  imageHistory,
  loadImages,
  pushImage,
  saveImages,
  tagImage,
} from '../../core/containers/images.ts';
import { checkImageUpdate } from '../../core/containers/image-updates.ts';
import type { ContainersCore } from '../../core/containers/context.ts';
import { AppError } from '../../core/errors.ts';
import type { TransferOptions } from '../../core/ports/host-images.ts';
import type { Principal } from '../../core/principal.ts';
import type { OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { imageReference } from './creation-body.ts';
import { tagForm } from './image-routes.ts';
import { imageCheckOf, imageDetailOf, layerOf, repositoryAndTag } from './image-views.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readBody, readQuery } from './queries.ts';
import { registryAuthOf } from './registry-auth.ts';
import * as registrySchemas from './registry-schemas.ts';
import * as schemas from './schemas.ts';
import { answerTransfer } from './transfer.ts';
import { readRefresh } from './update-routes.ts';
import { enveloped } from './views.ts';

const tags = schemas.imageTags;
const { errors } = schemas;
const tar = 'application/x-tar';

export function imageReadingRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/images/*`,
    {
      config: accessOf('GetImage', 'images:read'),
      schema: {
        operationId: 'getImage',
        summary: 'One image in full',
        description:
          'After its name also /history: its layers; /update: whether its registry has another by now, asked again with refresh=true; /save: a tar archive.',
        tags,
        params: schemas.imageParams,
        querystring: registrySchemas.updateQuery,
        response: { 200: schemas.success(schemas.anything), ...errors },
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const { image, action } = parted(params['*'], ['history', 'update', 'save']);
      switch (action) {
        case 'history': {
          const layers = await imageHistory(core, principal, image);
          return enveloped({ total: layers.length, items: layers.map(layerOf) });
        }
        case 'update':
          return enveloped(imageCheckOf(await checkImageUpdate(core, principal, image, readRefresh(query))));
        case 'save':
          return saved(core, principal, [image], reply);
        case undefined:
          return enveloped(imageDetailOf(await describeImage(core, principal, image)));
      }
    },
  );
}

async function saved(
  core: ContainersCore,
  caller: Principal,
  images: readonly string[],
  reply: FastifyReply,
): Promise<FastifyReply> {
  const archive = await saveImages(core, caller, images);
  return reply
    .header('content-type', tar)
    .header('content-disposition', 'attachment; filename="images.tar"')
    .send(archive);
}

export function imageChangingRoutes(
  app: TypedApp,
  options: ContainersFaceOptions,
  streams: OpenStreams,
): void {
  const { core } = options;
  app.post(
    `${prefix}/images/*`,
    {
      config: accessOf('ChangeImage', 'images:update'),
      schema: {
        operationId: 'changeImage',
        summary:
          'After the name of an image: /tag, a further name; /push, to the registry that the name says',
        tags,
        params: schemas.imageParams,
        body: schemas.tagging,
        response: { 200: schemas.success(schemas.anything), 202: schemas.accepted, ...errors },
      },
    },
    async (request, reply) => {
      const { image, action } = parted(request.params['*'], ['tag', 'push']);
      if (action === undefined) throw noAction();
      if (action === 'push') return pushed(image, request, reply, { options, streams });
      const { repository, tag } = readBody(request.body, (body) => {
        body.only('name', 'tag');
        if (body.value('name') === undefined) body.refuse('name', 'is missing.');
        const name = body.text('name', imageReference);
        if (name?.includes('@')) body.refuse('name', 'must not have a digest, which no tag can change.');
        const named = repositoryAndTag(name);
        return { ...named, tag: body.text('tag', tagForm) ?? named.tag ?? 'latest' };
      });
      const target = { repository: repository!, tag };
      const { id, tags: all } = await tagImage(core, request.principal, image, target);
      return enveloped({ id, tags: all });
    },
  );
}

const noAction = () =>
  new AppError('ResourceNotFound', 'There is nothing here: after the name of an image comes /tag or /push.');

function pushed(
  image: string,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: { options: ContainersFaceOptions; streams: OpenStreams },
): ReturnType<typeof answerTransfer> {
  const { core } = parts.options;
  const { principal } = request;
  const auth = registryAuthOf(request.headers);
  request.audit = { target: image };
  const run = async (transfer: TransferOptions) => {
    const pushed = await pushImage(core, principal, image, { ...transfer, auth });
    return () => pushed;
  };
  return answerTransfer({ kind: 'push', target: image, run }, request, reply, parts);
}

/** Layers that several of them share are in the archive once. */
export function imageSaveRoute(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/images/save`,
    {
      config: accessOf('SaveImages', 'images:read'),
      schema: {
        operationId: 'saveImages',
        summary: 'Several images as one tar archive',
        tags,
        produces: [tar],
        querystring: schemas.saveQuery,
        response: { 200: Type.Unknown({ description: 'As docker save writes it.' }), ...errors },
      },
    },
    async ({ principal, query }, reply) => {
      const names = readQuery(query, (members) => {
        members.only('name');
        if (members.value('name') === undefined) members.refuse('name', 'is missing: the images to save.');
        return members.texts('name', imageReference) ?? [];
      });
      return saved(core, principal, names.map(checkedReference), reply);
    },
  );
}

/** Its body is an archive of any size, which goes through as it comes. */
export function imageLoadRoute(app: TypedApp, { core, uploads }: ContainersFaceOptions): void {
  app.post(
    `${prefix}/images/load`,
    {
      config: accessOf('LoadImages', 'images:create'),
      schema: {
        operationId: 'loadImages',
        summary: 'Images from a tar archive of docker save',
        tags,
        consumes: [tar],
        response: { 200: schemas.success(schemas.anything), ...errors },
      },
    },
    async (request, reply) => {
      const load = (archive: Readable) => loadImages(core, request.principal, archive);
      return enveloped({ loaded: await uploads.read(request, reply, load) });
    },
  );
}

/** `<image>/<action>`, or the image alone. */
function parted<A extends string>(
  path: string,
  actions: readonly A[],
): { image: string; action: A | undefined } {
  const action = actions.find((each) => path.endsWith(`/${each}`));
  const image = action === undefined ? path : path.slice(0, -action.length - 1);
  return { image: checkedReference(image), action };
}
