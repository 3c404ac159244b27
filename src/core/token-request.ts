/** What a new token is to say: never more than who asks for it may do. */
import type { CredentialCore } from './credential-check.ts';
import { AppError } from './errors.ts';
import { isAccount, seesAccount, type Principal } from './principal.ts';
import { checkedRights, requireWithin, scopesOf, type RightsRequest } from './rights.ts';

export interface TokenRequest extends Omit<RightsRequest, 'limits'> {
  /** `user:<name>`, `service:<name>`, or a name of its own; who asks where absent. */
  subject?: string | undefined;
}

export interface NewTokenClaims {
  subject: string;
  scopes: readonly string[];
  account: string;
  /** Of the key that asks for it, itself or by a token of its own: with the key, its tokens end too. */
  keyId?: string;
  /** Who asks for it, and who asked for the token that it is asked with, other than its subject: it ends with each. */
  madeBy?: readonly string[];
}

/** Without role and scopes, all that its subject may do. Throws `InvalidParameter`, `Forbidden`, `ResourceNotFound`. */
export async function checkedTokenRequest(
  core: CredentialCore,
  creator: Principal,
  request: TokenRequest,
): Promise<NewTokenClaims> {
  const unbounded = request.role === undefined && request.scopes === undefined;
  const keyId = creator.issuedBy ?? keyIdOf(creator);
  const owner = await ownerOf(core, creator, request.subject);
  const rights = checkedRights(
    creator,
    owner === undefined ? request : { ...request, account: owner.account },
  );
  const subject = owner?.id ?? subjectOf(creator, request.subject);
  const madeBy = makersOf(creator).filter((maker) => maker !== subject);
  const scopes = unbounded ? (owner === undefined ? creator.scopes : scopesOf(owner)) : scopesOf(rights);
  return {
    subject,
    scopes: scopes.patterns,
    account: rights.account,
    ...(keyId !== undefined && { keyId }),
    ...(madeBy.length > 0 && { madeBy }),
  };
}

async function ownerOf(core: CredentialCore, creator: Principal, subject: string | undefined) {
  if (subject === undefined || !isAccount(subject)) return undefined;
  const owner = await core.store.read.users.get(subject);
  if (owner === undefined || !seesAccount(creator, owner.account)) {
    throw new AppError('ResourceNotFound', `subject: there is no '${subject.slice(0, 80)}'.`, {
      field: 'subject',
    });
  }
  requireWithin(creator, owner);
  return owner;
}

function subjectOf(creator: Principal, subject: string | undefined): string {
  if (subject === undefined && creator.kind !== 'local' && creator.kind !== 'none') return creator.subject;
  if (subject !== undefined && /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(subject)) return `token:${subject}`;
  throw new AppError(
    'InvalidParameter',
    'subject: give user:<name>, service:<name>, or a name of 1 to 64 letters, digits and ._@-.',
    { field: 'subject' },
  );
}

/** A key leads to its owner by itself. */
function makersOf(creator: Principal): string[] {
  const { subject, madeBy = [] } = creator;
  return keyIdOf(creator) === undefined && isAccount(subject)
    ? [...new Set([...madeBy, subject])]
    : [...madeBy];
}

const keyIdOf = ({ keyId }: Principal) => (/^(lsk_|LSIA|lst_)/.test(keyId ?? '') ? keyId : undefined);
