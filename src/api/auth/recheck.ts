/** Streams and connections outlive credentials: who had one is asked again whether it is still good. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../core/principal.ts';
import type { FrontDoorOptions } from './front-door.ts';
import type { AuthMethod } from './method.ts';

/** Answers with the caller as it is now. Rejects where the credential was revoked or has ended. */
export type Recheck = () => Promise<Principal>;

/** Of a request that the door let in: by the credential that said who calls, which is the first that was claimed. */
export function recheckOf(
  request: FastifyRequest,
  { mode, methods }: Pick<FrontDoorOptions, 'mode' | 'methods'>,
): Recheck {
  const { principal } = request;
  // The owner of the data directory, and everybody where authentication is off, are who they are without a credential.
  const isGiven = principal.kind === 'local' || mode === 'none';
  const method = isGiven ? undefined : claimedMethod(request, methods);
  if (method === undefined) return async () => principal;
  return async () => (method.renew ? method.renew(principal) : method.authenticate(request));
}

/** By the credential in its headers. Rejects with `Unauthorized` also where there is none of a known kind. */
export async function authenticateByHeaders(
  request: FastifyRequest,
  methods: readonly AuthMethod[],
): Promise<Principal> {
  const method = claimedMethod(request, methods);
  if (method !== undefined) return method.authenticate(request);
  throw new AppError('Unauthorized', 'The token is of no kind that is known here.');
}

function claimedMethod(request: FastifyRequest, methods: readonly AuthMethod[]): AuthMethod | undefined {
  return methods.find((method) => !method.ofConnection && method.claims(request));
}
