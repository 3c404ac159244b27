/** The containers face: every route of it, and its own form of errors. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { readJsonBodies } from '../json.ts';
import { OpenStreams } from '../streams.ts';
import { actionRoutes, nameAndProcessRoutes } from './action-routes.ts';
import { changeRoutes, containerRoutes } from './container-routes.ts';
import { sendContainersError } from './errors.ts';
import { execRoutes } from './exec-routes.ts';
import { eventRoutes, systemRoute } from './event-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { logRoutes } from './log-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { connectionRoutes, networkRoutes } from './network-routes.ts';
import {
  imageChangingRoutes,
  imageLoadRoute,
  imageReadingRoutes,
  imageSaveRoute,
} from './one-image-routes.ts';
import type { ContainersFaceOptions } from './options.ts';
import { pruneRoutes } from './prune-routes.ts';
import { registryChangeRoutes, registryRoutes } from './registry-routes.ts';
import { updateRoutes } from './update-routes.ts';
import { recreationRoutes } from './recreation-routes.ts';
import { volumeChangeRoutes, volumeRoutes } from './volume-routes.ts';

const streamsOfCaller = 200;

/** Their bodies are left where they are, whatever type they are said to be of. */
function archiveRoutes(options: ContainersFaceOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _body, parsed) => parsed(null, undefined));
    imageLoadRoute(app.withTypeProvider<TypeBoxTypeProvider>(), options);
    done();
  };
}

export function containersFace(options: ContainersFaceOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    app.setErrorHandler((error, request, reply) => sendContainersError(error, request, reply, options.log));
    // Requests are read by hand (members.ts), so that every field that is wrong is named.
    app.setValidatorCompiler(() => () => true);
    readJsonBodies(app, { emptyIsAbsent: true });
    const streams = new OpenStreams(app, streamsOfCaller);
    const typed = app.withTypeProvider<TypeBoxTypeProvider>();
    containerRoutes(typed, options);
    changeRoutes(typed, options);
    actionRoutes(typed, options);
    nameAndProcessRoutes(typed, options);
    execRoutes(typed, options, streams);
    recreationRoutes(typed, options, streams);
    logRoutes(typed, options, streams);
    imageRoutes(typed, options, streams);
    imageSaveRoute(typed, options);
    imageReadingRoutes(typed, options);
    imageChangingRoutes(typed, options, streams);
    void app.register(archiveRoutes(options));
    updateRoutes(typed, options, streams);
    registryRoutes(typed, options);
    registryChangeRoutes(typed, options);
    volumeRoutes(typed, options);
    volumeChangeRoutes(typed, options);
    networkRoutes(typed, options);
    connectionRoutes(typed, options);
    pruneRoutes(typed, options);
    metricsRoutes(typed, options, streams);
    eventRoutes(typed, options, streams);
    systemRoute(typed, options);
    jobRoutes(typed, options);
    done();
  };
}
