/** What a credential or an account of a person may do, and that nobody gives away more than they have. */

import { AppError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { LimitName, Principal } from './principal.ts';
import { allScopes, normalisedScope, roleNames, roles, Scopes, scopeTable, type RoleName } from './scopes.ts';

export interface RightsRequest {
  role?: RoleName | 'none' | undefined;
  /** In addition to the role's. */
  scopes?: readonly string[] | undefined;
  /** 12 digits; the creator's own where absent. */
  account?: string | undefined;
  limits?: Partial<Record<LimitName, number>> | undefined;
}

/** As records hold it. */
export interface Rights {
  role: RoleName | 'none';
  scopes: string[];
  account: string;
  limits?: Partial<Record<LimitName, number>>;
}

/** Throws `InvalidParameter` naming the field, and `Forbidden` for more than `creator` has. */
export function checkedRights(creator: Principal, request: RightsRequest): Rights {
  const role = checkedRole(request.role ?? 'none');
  const scopes = (request.scopes ?? []).map(checkedScope);
  const account = request.account ?? creator.account;
  if (!/^\d{12}$/.test(account)) {
    throw new AppError('InvalidParameter', `account: '${account}' is not 12 digits.`, { field: 'account' });
  }
  const limits = request.limits ?? creator.limits;
  if (request.limits !== undefined && !creator.scopes.allows('admin:accounts')) {
    throw new AppError('Forbidden', 'limits: to set them, the scope admin:accounts is needed.');
  }
  const rights: Rights = { role, scopes: [...new Set(scopes)], account, ...(limits && { limits }) };
  requireWithin(creator, rights);
  return rights;
}

/** Throws `Forbidden` unless `creator` may do all that these rights allow, in their account. */
export function requireWithin(creator: Principal, rights: Pick<Rights, 'role' | 'scopes' | 'account'>): void {
  if (rights.account !== creator.account && !creator.scopes.allows('admin:accounts')) {
    throw new AppError(
      'Forbidden',
      `account: ${creator.subject} works on account ${creator.account} and may not give rights on another; ` +
        'that needs the scope admin:accounts.',
    );
  }
  const given = scopesOf(rights);
  const missing = allScopes.filter((scope) => given.allows(scope) && !creator.scopes.allows(scope));
  if (missing.length === 0) return;
  const shown =
    missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '');
  throw new AppError(
    'Forbidden',
    `${creator.subject} may not give, change or take over rights that it does not have itself: ${shown}.`,
  );
}

export function scopesOf({ role, scopes }: Pick<Rights, 'role' | 'scopes'>): Scopes {
  return new Scopes([...(role === 'none' ? [] : roles[role]), ...scopes]);
}

/** What both allow. */
export function commonScopes(one: Scopes, other: Scopes): Scopes {
  return new Scopes(allScopes.filter((scope) => one.allows(scope) && other.allows(scope)));
}

/** The role, or `InvalidParameter` with the one that was probably meant. */
export function checkedRole(text: string): RoleName | 'none' {
  const choices = [...roleNames, 'none'] as const;
  const found = choices.find((role) => role === text);
  if (found !== undefined) return found;
  throw new AppError(
    'InvalidParameter',
    `role: '${text}' is none of ${choices.join(', ')}${meant(text, choices)}.`,
    {
      field: 'role',
    },
  );
}

/** In the table's spelling. Throws `InvalidParameter` with the scope that was probably meant. */
export function checkedScope(text: string): string {
  const known = normalisedScope(text);
  if (known !== undefined) return known;
  const choices = [...allScopes, ...Object.keys(scopeTable).map((resource) => `${resource}:*`)];
  throw new AppError(
    'InvalidParameter',
    `scopes: there is no scope '${text}'${meant(text, choices)}. A scope is resource:action, such as ` +
      'clusters:read or tasks:*.',
    { field: 'scopes' },
  );
}

function meant(text: string, choices: readonly string[]): string {
  const near = nearest(text, choices);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
