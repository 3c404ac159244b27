/** Images: which there are, pulled and removed. An image's name has slashes, so it is the rest of the path. */
import { listImages, pullImage, removeImage } from '../../core/containers/images.ts';
import type { TransferOptions } from '../../core/ports/host-images.ts';
import type { OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { imageReference } from './creation-body.ts';
import { imageOf, pulledOf, repositoryAndTag } from './image-views.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { imageQuery, readBody, readQuery } from './queries.ts';
import { registryAuthOf } from './registry-auth.ts';
import * as schemas from './schemas.ts';
import { answerTransfer } from './transfer.ts';
import { enveloped } from './views.ts';

const tags = schemas.imageTags;
const { errors } = schemas;
export const tagForm = {
  most: 128,
  form: /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/,
  words: 'must be letters, digits, _, . and -.',
};

export function imageRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core } = options;
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
        description:
          'Accepted as application/x-ndjson or text/event-stream: progress, the answer last. Prefer: respond-async: a job.',
        tags,
        body: schemas.pull,
        response: { 200: schemas.success(schemas.pulled), 202: schemas.accepted, ...errors },
      },
    },
    async (request, reply) => {
      const { reference, name, tag } = readPull(request.body);
      request.audit = { target: reference };
      const auth = registryAuthOf(request.headers);
      const run = async (transfer: TransferOptions) => {
        const pulled = await pullImage(core, request.principal, reference, { ...transfer, auth });
        return () => pulledOf(name, tag, pulled);
      };
      return answerTransfer({ kind: 'pull', target: reference, run }, request, reply, { options, streams });
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
