/** What the routes of the functions face are built with. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { FunctionsCore } from '../../core/functions/context.ts';
import type { Log } from '../../telemetry/log.ts';

export interface FunctionsFaceOptions {
  core: FunctionsCore;
  log: Log;
}

/** The app whose handlers get their types from the schemas. */
export type TypedApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export const prefix = '/api/v1';
export const tags = ['functions'];
