/** The containers face: every route of it, and its own form of errors. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { readJsonBodies } from '../json.ts';
import { actionRoutes, nameAndProcessRoutes } from './action-routes.ts';
import { changeRoutes, containerRoutes } from './container-routes.ts';
import { sendContainersError } from './errors.ts';
import { imageRoutes, oneImageRoutes } from './image-routes.ts';
import { logRoutes } from './log-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import type { ContainersFaceOptions } from './options.ts';

export function containersFace(options: ContainersFaceOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.setErrorHandler((error, request, reply) => sendContainersError(error, request, reply, options.log));
    // Requests are read by hand (members.ts), so that every field that is wrong is named.
    app.setValidatorCompiler(() => () => true);
    readJsonBodies(app, { emptyIsAbsent: true });
    const typed = app.withTypeProvider<TypeBoxTypeProvider>();
    containerRoutes(typed, options);
    changeRoutes(typed, options);
    actionRoutes(typed, options);
    nameAndProcessRoutes(typed, options);
    logRoutes(typed, options);
    imageRoutes(typed, options);
    oneImageRoutes(typed, options);
    metricsRoutes(typed, options);
    done();
  };
}
