/** Which credentials are taken, and how often one may knock: the front door as it is configured. */
import type { FrontDoorOptions } from './api/auth/front-door.ts';
import { authMode, type Config } from './config.ts';
import { anonymous, unauthenticated } from './core/principal.ts';

export function configuredDoor(config: Config): Omit<FrontDoorOptions, 'bodyLimit'> {
  return {
    mode: authMode(config),
    methods: [],
    unauthenticated: unauthenticated(config.accountId),
    anonymous: anonymous(config.accountId),
    local: { principal: unauthenticated(config.accountId), is: () => false },
    limits: { count: () => undefined, checkFailures: () => undefined, countFailure: () => undefined },
  };
}
