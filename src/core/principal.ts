/** Who calls, whichever credential said so. Made by the front door once per request; every face reads only this. */
import { AppError } from './errors.ts';
import { everything, nothing, type Scope, type Scopes } from './scopes.ts';

export type CredentialKind =
  /** Authentication is off. */
  | 'none'
  | 'anonymous'
  | 'api-key'
  | 'access-key'
  | 'token'
  | 'certificate'
  /** A user or a service account, by password. */
  | 'password'
  /** The data directory's own socket: whoever may open it owns the server's files. */
  | 'local';

export interface Principal {
  /** Stable over requests and restarts: `user:ann`, `service:ci`, `key:4f1c…`, `certificate:web`, `anonymous`, `local`. */
  readonly subject: string;
  readonly kind: CredentialKind;
  /** Of the key that was shown; absent where there is none. Never the secret itself. */
  readonly keyId?: string;
  /** Of a token: the key behind it, with which it and every token made with it end. */
  readonly issuedBy?: string;
  /** Of a token: the people and service accounts that asked for it, each with the token of the one before. */
  readonly madeBy?: readonly string[];
  readonly scopes: Scopes;
  /** 12 digits: whose resources it works on. */
  readonly account: string;
  /** Requests in the window of each limit, in place of the server's own. 0: none may pass. */
  readonly limits?: Readonly<Partial<Record<LimitName, number>>>;
}

/**
 * `ecs` counts per second, the others per minute; `live` counts WebSocket connections. `initialize` allows as many as
 * `execute`, counted for itself.
 */
export type LimitName = 'ecs' | 'execute' | 'initialize' | 'functions' | 'live';

/** Authentication is off: whoever reaches the server may do everything, and counts as authenticated. */
export function unauthenticated(account: string): Principal {
  return { subject: 'local', kind: 'none', scopes: everything, account };
}

/** A caller without credentials where they are optional. */
export function anonymous(account: string, scopes: Scopes = nothing): Principal {
  return { subject: 'anonymous', kind: 'anonymous', scopes, account };
}

/** Throws `Forbidden`, naming the scope that is missing. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.allows(scope)) return;
  throw new AppError(
    'Forbidden',
    `${principal.subject} is not authorized to perform this action: it needs the scope ${scope}.`,
    { scope },
  );
}

/** Whether a subject is a person's or a service account's. */
export const isAccount = (subject: string): boolean => /^(user|service):/.test(subject);

/** Whose a token is: the key behind it, else whoever asked for it first. Undefined where another issuer made it. */
export function makerOf({ kind, issuedBy, madeBy }: Principal): string | undefined {
  return kind === 'token' ? (issuedBy ?? madeBy?.[0]) : undefined;
}

/** Who makes a token may choose a name for it: others may choose the same, so that it is one only with its maker. */
export function hasChosenName(principal: Principal): boolean {
  return principal.subject.startsWith('token:') && makerOf(principal) !== undefined;
}

/** Whether what belongs to `account` exists for this caller at all. */
export function seesAccount(principal: Principal, account: string): boolean {
  return principal.account === account || principal.scopes.allows('admin:accounts');
}

/** Throws `Forbidden` for what concerns the whole server, whose own account this is. */
export function requireAccount(principal: Principal, account: string): void {
  if (seesAccount(principal, account)) return;
  throw new AppError(
    'Forbidden',
    `Only callers of account ${account} and admins of all accounts may do this.`,
  );
}

/** Names whom a caller's shares and limits are kept for: subjects of two accounts may be called the same. */
export function holderName({ account, subject }: Pick<Principal, 'account' | 'subject'>): string {
  return `${account} ${subject}`;
}

/** Whether a caller sees as much by now as it did `before`. */
export function seesNoLess(now: Principal, before: Principal): boolean {
  const sawAll = before.scopes.allows('admin:accounts');
  return sawAll ? now.scopes.allows('admin:accounts') : seesAccount(now, before.account);
}

/** Whoever may open the data directory may do everything. */
export function ownerOfData(account: string): Principal {
  return { subject: 'local', kind: 'local', scopes: everything, account };
}
