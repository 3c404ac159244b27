/** What the routes under `/auth` are built with. */
import type { CredentialCore } from '../../../core/credential-check.ts';

export interface AuthRoutesOptions {
  core: CredentialCore;
  issueToken: IssueToken;
  guard: LoginGuard;
}

/** A signed token of this server. `expiresIn` is seconds. */
export type IssueToken = (claims: {
  subject: string;
  scopes: readonly string[];
  account: string;
  ttlSeconds: number;
  keyId?: string;
  madeBy?: readonly string[];
}) => Promise<{ token: string; expiresIn: number; jti: string }>;

/** Counts bad logins of a user and of an address. */
export interface LoginGuard {
  /** Before the password is looked at. Throws `Throttled`. */
  check(user: string, ip: string): Promise<void>;
  failed(user: string, ip: string): Promise<void>;
  succeeded(user: string, ip: string): Promise<void>;
}
