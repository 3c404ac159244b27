/** Which credentials are taken, and how often one may knock: the front door as it is configured. */
import type { FrontDoorOptions } from './api/auth/front-door.ts';
import type { Reach } from './api/server.ts';
import { createLimits } from './api/limits.ts';
import { authMode, listenAddress, type Config } from './config.ts';
import { anonymous, unauthenticated } from './core/principal.ts';

export function configuredDoor(config: Config): Omit<FrontDoorOptions, 'bodyLimit'> {
  return {
    mode: authMode(config),
    methods: [],
    unauthenticated: unauthenticated(config.accountId),
    anonymous: anonymous(config.accountId),
    local: { principal: unauthenticated(config.accountId), is: () => false },
    limits: createLimits({
      rateLimit: Number(config.rateLimit),
      burst: Number(config.rateBurst),
      exclude: config.rateExclude,
    }),
  };
}

/** From where and by which names it may be called. */
export function configuredReach(config: Config): Reach {
  return {
    trustedProxies: config.trustedProxy,
    corsOrigins: config.corsOrigin,
    hostNames: [...config.allowedHost, ...config.listen.map((address) => listenAddress(address).host)],
    tls: config.tlsCert !== '',
  };
}
