/** Whose resources a call is about: the region of its signature and the account of its credentials. */
export interface CallScope {
  region: string;
  accountId: string;
}

/** The `scope` field of records. */
export function scopeKey(scope: CallScope): string {
  return `${scope.region}/${scope.accountId}`;
}
