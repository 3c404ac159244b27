/** Whose resources a call is about: the region of its signature and the account of its credentials. */
export interface CallScope {
  region: string;
  accountId: string;
}

/** The account of a record's `scope` field. */
export function accountOf(scope: string): string {
  return scope.slice(scope.indexOf('/') + 1);
}

/** The `scope` field of records. */
export function scopeKey(scope: CallScope): string {
  return `${scope.region}/${scope.accountId}`;
}
