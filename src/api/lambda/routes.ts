/** AWS Lambda's API for functions of ours: its own clients, with this server as their endpoint. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { EventQueue } from '../../core/functions/event-queue.ts';
import { FunctionError } from '../../core/functions/function-error.ts';
import type { Log } from '../../telemetry/log.ts';
import { sendLambdaError } from './errors.ts';
import { changeRoutes, functionRoutes, oneFunctionRoutes } from './function-routes.ts';
import { invokeRoute } from './invoke-route.ts';
import type { LambdaFaceOptions } from './options.ts';
import { aliasRoutes, oneAliasRoutes, versionRoutes } from './version-routes.ts';

const eventsAtOnce = 4;
const MIB = 1024 * 1024;
const eventsOfAll = { most: 1_000, mostBytes: 32 * MIB };
const eventsOfAccount = { most: 100, mostBytes: 4 * MIB };

export function lambdaFace(options: LambdaFaceOptions): FastifyPluginCallback {
  return (app: FastifyInstance, _, done) => {
    const { log } = options;
    const events = new EventQueue({
      atOnce: eventsAtOnce,
      ofAll: eventsOfAll,
      ofOwner: eventsOfAccount,
      onError: (error) => tellFailure(log, error),
    });
    app.addHook('onClose', (_instance, closed) => {
      events.close();
      closed();
    });
    app.setErrorHandler((error, request, reply) => sendLambdaError(error, request, reply, log));
    const typed = app.withTypeProvider<TypeBoxTypeProvider>();
    const all = { ...options, events };
    functionRoutes(typed, all);
    oneFunctionRoutes(typed, all);
    changeRoutes(typed, all);
    versionRoutes(typed, all);
    aliasRoutes(typed, all);
    oneAliasRoutes(typed, all);
    // Apart: it reads bodies in its own way.
    void app.register((instance, _options, registered) => {
      invokeRoute(instance.withTypeProvider<TypeBoxTypeProvider>(), all);
      registered();
    });
    done();
  };
}

/** What the function did wrong is told whole in its own log. */
function tellFailure(log: Log, error: unknown): void {
  if (error instanceof FunctionError) log.info({ code: error.code }, 'an event failed in its function');
  else log.warn({ err: error }, 'an event could not be executed');
}
