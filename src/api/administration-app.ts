/** The routes under `/auth` alone, for a data directory on which no server runs. Its caller owns the directory. */
import { fastify, type FastifyInstance } from 'fastify';
import { ownerOfData } from '../core/principal.ts';
import type { Log } from '../telemetry/log.ts';
import { collectRoutes } from './access.ts';
import { recordCalls, type AuditOptions } from './audit.ts';
import { frontDoor } from './auth/front-door.ts';
import type { AuthRoutesOptions } from './ops/auth/options.ts';
import { authRoutes } from './ops/auth/routes.ts';
import { requestId } from './request-id.ts';
import { ajvOptions, refuseInPlainWords } from './request-validation.ts';
import { answerErrors } from './root-errors.ts';

export interface AdministrationAppOptions {
  auth: AuthRoutesOptions;
  account: string;
  audit: AuditOptions;
  log: Log;
}

const BODY_LIMIT = 1024 * 1024;

/** To be called with `inject`. */
export function administrationApp({ auth, account, audit, log }: AdministrationAppOptions): FastifyInstance {
  const app = fastify({ ajv: ajvOptions, bodyLimit: BODY_LIMIT, genReqId: requestId, logger: false });
  const owner = ownerOfData(account);
  collectRoutes(app);
  refuseInPlainWords(app);
  recordCalls(app, audit);
  answerErrors(app, log);
  frontDoor(app, {
    mode: 'required',
    methods: [],
    unauthenticated: owner,
    anonymous: owner,
    local: { principal: owner, is: () => true },
    limits: { count: () => undefined, checkFailures: () => undefined, countFailure: () => undefined },
    bodyLimit: BODY_LIMIT,
  });
  void app.register(authRoutes(auth));
  return app;
}
