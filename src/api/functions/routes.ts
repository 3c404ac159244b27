/** The functions face: every route of it, and its own form of errors. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { catalogueRoutes, historyRoutes } from './catalogue-routes.ts';
import { sendFunctionsError } from './errors.ts';
import type { FunctionsFaceOptions } from './options.ts';
import { aliasRoutes, publicationRoutes } from './publication-routes.ts';
import { invokeRoute, sessionRoutes, sessionStateRoute } from './session-routes.ts';

export function functionsFace(options: FunctionsFaceOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.setErrorHandler((error, request, reply) => sendFunctionsError(error, request, reply, options.log));
    const typed = app.withTypeProvider<TypeBoxTypeProvider>();
    sessionRoutes(typed, options);
    sessionStateRoute(typed, options);
    invokeRoute(typed, options);
    catalogueRoutes(typed, options);
    historyRoutes(typed, options);
    publicationRoutes(typed, options);
    aliasRoutes(typed, options);
    done();
  };
}
