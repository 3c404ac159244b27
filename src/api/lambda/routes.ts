/** AWS Lambda's API for functions of ours: its own clients, with this server as their endpoint. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { sendLambdaError } from './errors.ts';
import { changeRoutes, functionRoutes, oneFunctionRoutes } from './function-routes.ts';
import { invokeRoute } from './invoke-route.ts';
import type { LambdaFaceOptions } from './options.ts';
import { aliasRoutes, oneAliasRoutes, versionRoutes } from './version-routes.ts';

export function lambdaFace(options: LambdaFaceOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    const { log } = options;
    app.setErrorHandler((error, request, reply) => sendLambdaError(error, request, reply, log));
    const typed = app.withTypeProvider<TypeBoxTypeProvider>();
    functionRoutes(typed, options);
    oneFunctionRoutes(typed, options);
    changeRoutes(typed, options);
    versionRoutes(typed, options);
    aliasRoutes(typed, options);
    oneAliasRoutes(typed, options);
    // Apart: it reads bodies in its own way.
    void app.register((instance, _options, registered) => {
      invokeRoute(instance.withTypeProvider<TypeBoxTypeProvider>(), options);
      registered();
    });
    done();
  };
}
