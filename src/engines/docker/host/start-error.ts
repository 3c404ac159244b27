import { AppError } from '../../../core/errors.ts';
import { DockerApiError } from '../client/connection.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerDetails } from '../client/types.ts';
import { cleaned } from '../start-errors.ts';
import { hostError } from './errors.ts';
import { portTaken } from './port-taken.ts';

/** What the OCI runtime says of a program, user, directory or mount that is not there or not usable. */
const asked =
  /executable file|open executable|permission denied|no such file|not a directory|is a directory|unable to find user|no matching entries|bind source path/i;

/** What a failed start is to be reported as. */
export async function startError(
  client: DockerClient,
  details: ContainerDetails,
  error: unknown,
): Promise<unknown> {
  const taken = await portTaken(client, details, error);
  if (taken) return taken;
  if (!(error instanceof DockerApiError) || !asked.test(error.message)) return hostError(error);
  return new AppError('InvalidParameter', cleaned(error.message));
}
