/** What an account has stored for a registry, as pulls, pushes and questions show it. */
import { AppError } from '../errors.ts';
import type { CredentialSource, RegistryAuth } from '../ports/image-transfer.ts';
import type { RegistryRecord } from '../records.ts';
import { registryAddress } from './address.ts';
import { registryId, type RegistriesCore } from './registries.ts';

type StoredCore = Pick<RegistriesCore, 'store' | 'sealer'>;

export function accountCredentials({ store, sealer }: StoredCore, account: string): CredentialSource {
  return async (registry) => {
    const address = registryAddress(registry);
    if (address === undefined) return undefined;
    const record = await store.read.registries.get(registryId(account, address));
    return record && openedCredentials({ sealer }, record);
  };
}

/** Throws `Server`, saying what to do, where they cannot be read any more. */
export function openedCredentials(
  { sealer }: Pick<StoredCore, 'sealer'>,
  { address, username, sealedPassword }: RegistryRecord,
): RegistryAuth {
  try {
    return { username, password: sealer.open(sealedPassword) };
  } catch {
    throw new AppError(
      'Server',
      `The stored credentials of ${address} cannot be read: the key they were sealed with is gone. Give the password anew.`,
    );
  }
}
