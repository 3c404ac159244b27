/** Whether registries take the credentials that an account has stored for them. */
import { AppError } from '../errors.ts';
import type { RegistryCheck } from '../ports/host-images.ts';
import type { Principal } from '../principal.ts';
import type { RegistryRecord } from '../records.ts';
import { openedCredentials } from '../registries/account-credentials.ts';
import { checkedAddress, findRegistry, type RegistryRequest } from '../registries/registries.ts';
import { hostOf, type ContainersCore } from './context.ts';

export async function checkRegistry(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<{ record: RegistryRecord; check: RegistryCheck }> {
  const record = await findRegistry(core, caller, reference);
  const credentials = openedCredentials(core, record);
  return { record, check: await hostOf(core).images.checkRegistry(record.address, credentials) };
}

/** Throws `InvalidParameter` where the registry refuses, `Throttled` and `Unavailable` where it cannot be asked. */
export async function requireTaken(core: ContainersCore, request: RegistryRequest): Promise<void> {
  const { username, password } = request;
  const address = checkedAddress(request.address);
  const { status, message } = await hostOf(core).images.checkRegistry(address, { username, password });
  if (status === 'refused') throw new AppError('InvalidParameter', message, { field: 'password' });
  if (status === 'throttled') throw new AppError('Throttled', message);
  if (status === 'unreachable') throw new AppError('Unavailable', message, { field: 'address' });
}

/**
 * Plain HTTP is the server's setting for a registry, as its engine has it too; who stores credentials can only say
 * that they know. Throws `InvalidParameter` where it is otherwise.
 */
export function requireInsecure(
  { isPlainRegistry }: Pick<ContainersCore, 'isPlainRegistry'>,
  given: string,
  insecure: boolean | undefined,
): void {
  const address = checkedAddress(given);
  const isPlain = isPlainRegistry(address);
  if (insecure === undefined || insecure === isPlain) return;
  throw new AppError(
    'InvalidParameter',
    isPlain
      ? `insecure: this server speaks plain HTTP to ${address} (loopback, or --insecure-registry); leave it out.`
      : `insecure: start the server with --insecure-registry ${address} to allow plain HTTP to it.`,
    { field: 'insecure' },
  );
}
