/**
 * `GET /openapi.json`, and `GET /docs`: the same for people. Both are public: they are the same for every server of
 * this version and tell nothing of this one, and a browser that opens a page has no way to show a key. Swagger UI's
 * files are served as they are in its package, without its plugin, which costs every start some 50 ms.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import Type from 'typebox';
import type { RouteAccess } from '../access.ts';

const access: RouteAccess = { face: 'ops', scope: 'public' };
const packageFile = createRequire(import.meta.url).resolve;

/** Only what the page itself brings. The library styles some elements by attribute. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Longshore API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <noscript>This page needs JavaScript. The document itself is at <a href="openapi.json">openapi.json</a>.</noscript>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/page.js"></script>
  </body>
</html>
`;

const script = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#api',
  deepLinking: true,
  showExtensions: true,
  tryItOutEnabled: false,
  validatorUrl: null,
});
`;

export const docsRoutes: FastifyPluginCallback = (app, _, done) => {
  documentRoute(app);
  const hidden = { config: { access }, schema: { hide: true } };
  app.get('/docs', hidden, (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(page),
  );
  app.get('/docs/page.js', hidden, (_request, reply) => reply.type(javascript).send(script));
  for (const [file, type] of Object.entries(libraryFiles)) {
    app.get(`/docs/${file}`, hidden, async (_request, reply) => {
      const content = await readFile(packageFile(`@fastify/swagger-ui/static/${file}`));
      return reply.type(type).header('cache-control', 'public, max-age=3600').send(content);
    });
  }
  done();
};

const javascript = 'text/javascript; charset=utf-8';
const libraryFiles = { 'swagger-ui.css': 'text/css; charset=utf-8', 'swagger-ui-bundle.js': javascript };

function documentRoute(app: FastifyInstance): void {
  let text: string | undefined;
  app.get(
    '/openapi.json',
    {
      config: { access },
      schema: {
        operationId: 'getOpenApi',
        summary: 'This document',
        tags: ['server'],
        response: { 200: Type.Object({}, { additionalProperties: true, description: 'OpenAPI 3.1.' }) },
      },
    },
    (_request, reply) => {
      text ??= JSON.stringify(app.swagger());
      return reply.type('application/json; charset=utf-8').send(text);
    },
  );
}
