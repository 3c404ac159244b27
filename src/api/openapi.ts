/** The OpenAPI 3.1 document of the REST routes, made from the schemas that check them and the access they declare. */
import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import type { RouteAccess } from './access.ts';
import { errorSchema } from './ops/error-schema.ts';

const description = `
Longshore's REST routes. The Amazon ECS API is not among them: it is AWS JSON 1.1, one \`POST /\` for every operation,
named in the header \`X-Amz-Target: AmazonEC2ContainerServiceV20141113.<Operation>\` (or \`POST /v1/<Operation>\`).
Use AWS's own clients for it, with this server as their endpoint; its requests and answers are those of AWS's
reference.

Each operation says in \`x-longshore-scope\` what the caller's credential must allow; \`public\` needs none,
\`authenticated\` any good one.
`.trim();

/** Any one of them, unless the server runs without authentication. */
const securitySchemes = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'Made with `longshore key create`.',
  },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From `POST /auth/login`.' },
  mutualTls: { type: 'mutualTLS', description: 'A client certificate, where the server has `--client-ca`.' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'AWS Signature Version 4 for the services `ecs` and `lambda`, with a pair of `longshore key create --aws`.',
  },
} as const;

/**
 * Describes every route that is added after this, in any order and at any depth. `app.swagger()` is the document, once
 * the app is ready; nothing is computed before somebody asks.
 */
export function describeRoutes(app: FastifyInstance, version: string): void {
  const options = {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Longshore',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      externalDocs: {
        description: 'The Amazon ECS API reference',
        url: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html',
      },
      // Swagger's types do not know mutualTLS, which came with OpenAPI 3.1.
      components: { securitySchemes } as object,
      security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    },
    convertConstToEnum: false,
    stripBasePath: false,
    transform: described,
  };
  // Called, not registered: a registered plugin would miss the routes that are added before it is loaded.
  fastifySwagger(app, options, (error) => {
    if (error) throw error;
  });
}

interface Route {
  schema?: FastifySchema;
  url: string;
  route: RouteOptions;
}

function described({ schema, url, route }: Route): { schema: FastifySchema; url: string } {
  const { access } = route.config ?? {};
  if (access === undefined || access.face === 'ecs' || route.method === 'OPTIONS') {
    return { schema: { hide: true }, url };
  }
  return named(withAccess(schema ?? {}, access), url);
}

/** A path that ends in anything has no name for it, which the document must have: the title in the route's schema. */
function named(schema: FastifySchema, url: string): { schema: FastifySchema; url: string } {
  const { '*': rest, ...others } =
    (schema.params as { properties?: Record<string, { title?: string }> })?.properties ?? {};
  if (rest?.title === undefined) return { schema, url };
  const properties = { ...others, [rest.title]: rest };
  const params = { ...(schema.params as object), properties, required: Object.keys(properties) };
  return { schema: { ...schema, params }, url: url.replace(/\*$/, `:${rest.title}`) };
}

/** What the front door adds to a route: whom it lets in, and how it refuses. */
function withAccess(schema: FastifySchema, access: RouteAccess): FastifySchema {
  const own = (schema.response ?? {}) as Record<string, unknown>;
  const isOpen = access.scope === 'public';
  const says4xx = Object.keys(own).some((status) => status.toLowerCase() === '4xx');
  const refusals = says4xx || isOpen ? {} : { '4xx': errorSchema };
  return {
    ...schema,
    ...(isOpen && { security: [] }),
    response: { ...own, ...refusals },
    'x-longshore-scope': access.scope,
    ...(access.limit !== undefined && { 'x-longshore-limit': access.limit }),
  } as FastifySchema;
}
