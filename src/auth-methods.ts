/** The ways to say who calls, as they are configured. */
import { readFileSync } from 'node:fs';
import { accountToken } from './api/auth/auth-token.ts';
import { apiKeys } from './api/auth/api-key.ts';
import { jsonWebToken } from './api/auth/jwt.ts';
import { publicKey, remoteKeys, type PublicKey } from './api/auth/jwt-keys.ts';
import { ForeignIssuer } from './api/auth/jwt-verification.ts';
import type { AuthMethod } from './api/auth/method.ts';
import { clientCertificate } from './api/auth/mtls.ts';
import { signatureVersion4 } from './api/auth/sigv4.ts';
import { ConfigError, type Config } from './config.ts';
import { accessKey, accountTokens, principalOfApiKey, type CredentialCore } from './core/credential-check.ts';
import { normalisedScope, roleNames, roles, Scopes, type RoleName } from './core/scopes.ts';
import { tokenSecret } from './store/secrets/token-secret.ts';

/** In the order in which they are asked. Throws `ConfigError` for a key file or a role that cannot be used. */
export function authMethods(config: Config, core: CredentialCore): AuthMethod[] {
  const { accountId: account } = config;
  return [
    ...apiKeys((key) => principalOfApiKey(core, key)),
    jsonWebToken({ core, secret: signingSecret(config), foreign: foreignIssuer(config), account }),
    signatureVersion4({ clock: core.clock, accessKey: (id) => accessKey(core, id) }),
    accountToken((ofAccount) => accountTokens(core, ofAccount)),
    ...(config.clientCa === '' ? [] : [clientCertificate({ scopes: certificateScopes(config), account })]),
  ];
}

/** What this server's tokens are signed with. */
export function signingSecret({ jwtSecret, dataDir }: Config): Buffer {
  return jwtSecret === '' ? tokenSecret(dataDir) : Buffer.from(jwtSecret);
}

function foreignIssuer(config: Config): ForeignIssuer {
  return new ForeignIssuer({
    keys: config.jwtKey.map(readPublicKey),
    ...(config.jwksUrl !== '' && { remoteKeys: remoteKeys(config.jwksUrl) }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });
}

function readPublicKey(file: string): PublicKey {
  try {
    return publicKey(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`--jwt-key ${file}: ${(error as Error).message}`);
  }
}

/** `name=role` or `name=scope,scope`; what is given twice for a name adds up. */
function certificateScopes({ clientRole }: Config): Map<string, Scopes> {
  const patterns = new Map<string, string[]>();
  for (const entry of clientRole) {
    const equals = entry.lastIndexOf('=');
    const name = entry.slice(0, equals);
    const granted = patternsOf(entry, entry.slice(equals + 1));
    patterns.set(name, [...(patterns.get(name) ?? []), ...granted]);
  }
  return new Map([...patterns].map(([name, granted]) => [name, new Scopes(granted)]));
}

function patternsOf(entry: string, text: string): readonly string[] {
  if (Object.hasOwn(roles, text)) return roles[text as RoleName];
  return text.split(',').map((pattern) => {
    const known = normalisedScope(pattern);
    if (known !== undefined) return known;
    throw new ConfigError(
      `--client-role ${entry}: '${pattern}' is neither a scope, such as tasks:read, nor a role: ${roleNames.join(', ')}`,
    );
  });
}
