/** Images: which there are, pulled and removed. An image's name has slashes, so it is the rest of the path. */
import {
  checkedReference,
  imageHistory,
  listImages,
  pullImage,
  removeImage,
  tagImage,
} from '../../core/containers/images.ts';
import { AppError } from '../../core/errors.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { imageReference } from './creation-body.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { imageQuery, readBody, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped, imageOf, pulledOf, repositoryAndTag, timeOf } from './views.ts';

const tags = schemas.imageTags;
const { errors } = schemas;
const tagForm = {
  most: 128,
  form: /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/,
  words: 'must be letters, digits, _, . and -.',
};

export function imageRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/images`,
    {
      config: accessOf('ListImages', 'images:read'),
      schema: {
        operationId: 'listImages',
        summary: 'Images of the machine, the newest first',
        tags,
        querystring: schemas.imagesQuery,
        response: { 200: schemas.success(schemas.listOf(schemas.imageItem)), ...errors },
      },
    },
    async ({ principal, query }) => {
      const { total, items } = await listImages(core, principal, readQuery(query, imageQuery));
      return enveloped({ total, items: items.map(imageOf) });
    },
  );

  app.post(
    `${prefix}/images/pull`,
    {
      config: accessOf('PullImage', 'images:create'),
      schema: {
        operationId: 'pullImage',
        summary: 'Fetch an image from its registry',
        tags,
        body: schemas.pull,
        response: { 200: schemas.success(schemas.pulled), ...errors },
      },
    },
    async (request) => {
      const { reference, name, tag } = readPull(request.body);
      request.audit = { target: reference };
      return enveloped(pulledOf(name, tag, await pullImage(core, reference)));
    },
  );

  app.delete(
    `${prefix}/images/*`,
    {
      config: accessOf('DeleteImage', 'images:delete'),
      schema: {
        operationId: 'deleteImage',
        summary: 'Take a reference away, and the image with its last one',
        tags,
        params: schemas.imageParams,
        querystring: schemas.imageRemovalQuery,
        response: { 200: schemas.success(schemas.removedImage), ...errors },
      },
    },
    async ({ principal, params, query }) => {
      const options = readQuery(query, (members) => {
        members.only('force', 'noprune');
        return { force: members.flag('force'), keepParents: members.flag('noprune') };
      });
      return enveloped(await removeImage(core, principal, params['*'], options));
    },
  );
}

/** Of one image: `GET /images/<name>/history`, `POST /images/<name>/tag`. */
export function oneImageRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/images/*`,
    {
      config: accessOf('GetImageHistory', 'images:read'),
      schema: {
        operationId: 'getImageHistory',
        summary: 'The layers of an image, the newest first: <image>/history',
        tags,
        params: schemas.imageParams,
        response: { 200: schemas.success(schemas.history), ...errors },
      },
    },
    async ({ principal, params }) => {
      const layers = await imageHistory(core, principal, imageBefore(params['*'], 'history'));
      return enveloped({
        total: layers.length,
        items: layers.map(({ id, createdAt, createdBy, sizeBytes, comment, tags: ofLayer }) => ({
          id: id ?? null,
          created_at: timeOf(createdAt),
          created_by: createdBy,
          size: sizeBytes,
          comment,
          tags: ofLayer,
        })),
      });
    },
  );

  app.post(
    `${prefix}/images/*`,
    {
      config: accessOf('TagImage', 'images:update'),
      schema: {
        operationId: 'tagImage',
        summary: 'Give an image a further name: <image>/tag',
        tags,
        params: schemas.imageParams,
        body: schemas.tagging,
        response: { 200: schemas.success(schemas.tagged), ...errors },
      },
    },
    async ({ principal, params, body }) => {
      const image = imageBefore(params['*'], 'tag');
      const asked = readBody(body, (members) => {
        members.only('name', 'tag');
        if (members.value('name') === undefined) members.refuse('name', 'is missing.');
        return { name: members.text('name', imageReference), tag: members.text('tag', tagForm) };
      });
      const { repository, tag = 'latest' } = repositoryAndTag(asked.name);
      const { id, tags: all } = await tagImage(core, principal, image, {
        repository: repository!,
        tag: asked.tag ?? tag,
      });
      return enveloped({ id, tags: all });
    },
  );
}

/** Throws `ResourceNotFound` for a path that ends in anything else. */
function imageBefore(path: string, action: string): string {
  if (path.endsWith(`/${action}`)) return checkedReference(path.slice(0, -action.length - 1));
  throw new AppError('ResourceNotFound', `There is nothing here; images have /${action} after their name.`);
}

interface Pull {
  /** What is asked of the registry. */
  reference: string;
  name: string;
  tag: string;
}

/** The tag of its own member goes before the one in the name. Never without one: that would fetch all there are. */
function readPull(source: unknown): Pull {
  return readBody(source, (body) => {
    body.only('name', 'tag');
    const name = body.text('name', imageReference) ?? '';
    if (body.value('name') === undefined) body.refuse('name', 'is missing.');
    const given = body.value('tag') === '' ? undefined : body.text('tag', tagForm);
    const [plain = '', digest] = name.split('@');
    if (digest !== undefined) {
      if (given === undefined) return { reference: name, name: plain, tag: digest };
      const { repository = plain } = repositoryAndTag(plain);
      return { reference: `${repository}:${given}`, name: repository, tag: given };
    }
    const { repository = name, tag = 'latest' } = repositoryAndTag(name);
    return { reference: `${repository}:${given ?? tag}`, name: repository, tag: given ?? tag };
  });
}
