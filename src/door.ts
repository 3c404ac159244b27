/** Which credentials are taken, and how often one may knock: the front door as it is configured. */
import type { FrontDoorOptions } from './api/auth/front-door.ts';
import type { LocalSocket } from './api/local-socket.ts';
import type { Reach } from './api/server.ts';
import { createLimits } from './api/limits.ts';
import { authMethods } from './auth-methods.ts';
import { authMode, listenAddress, type Config } from './config.ts';
import type { CredentialCore } from './core/credential-check.ts';
import { anonymous, ownerOfData, unauthenticated } from './core/principal.ts';
import { nothing, roles, Scopes } from './core/scopes.ts';

export function configuredDoor(
  config: Config,
  core: CredentialCore,
  local: Pick<LocalSocket, 'is'>,
): Omit<FrontDoorOptions, 'bodyLimit'> {
  return {
    mode: authMode(config),
    methods: authMethods(config, core),
    unauthenticated: unauthenticated(config.accountId),
    anonymous: anonymous(config.accountId, anonymousScopes(config)),
    local: { principal: ownerOfData(config.accountId), is: (request) => local.is(request) },
    limits: createLimits({
      rateLimit: Number(config.rateLimit),
      burst: Number(config.rateBurst),
      exclude: config.rateExclude,
    }),
  };
}

/**
 * What the functions API's document lets everybody do, beside the role. Where a credential is required, an anonymous
 * caller gets past the door too, on routes of scope `public` and `later`, and may do nothing there.
 */
function anonymousScopes(config: Config): Scopes {
  const { anonymousRole } = config;
  if (anonymousRole === 'none' || authMode(config) === 'required') return nothing;
  return new Scopes([...roles[anonymousRole], 'execute:all', 'read:functions']);
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
