/** From what an engine answers to the errors of the container host's port, whatever status it chose for them. */
import { AppError, type ErrorCode } from '../../../core/errors.ts';
import { DockerApiError, isAmbiguous, isNameTaken } from '../client/connection.ts';
import { cleaned } from '../start-errors.ts';

/** What it is when the status does not tell: Podman answers 500 to most of what Docker has a status for. */
const words: [RegExp, ErrorCode][] = [
  [/no such host|connection refused|i\/o timeout|no route to host|network is unreachable/i, 'Unavailable'],
  [/network (?:with )?name .* already|already exists/i, 'AlreadyExists'],
  [/toomanyrequests|rate limit/i, 'Throttled'],
  [/unauthorized|authentication required|no basic auth|denied: |access forbidden/i, 'AccessDenied'],
  [/is in use|being used|has active endpoints|must force|associated containers/i, 'ResourceInUse'],
  [/cannot remove container .* as it is running|cannot remove a running container/i, 'ResourceInUse'],
  [/container state improper|is not running|not paused|already paused|is paused/i, 'Conflict'],
  [/no such|not known|does not exist|not found|unable to find/i, 'ResourceNotFound'],
  [
    /invalid|cannot unmarshal|pre-defined|cannot be removed|overlaps|already used by|not a valid/i,
    'InvalidParameter',
  ],
];

const statuses: Record<number, ErrorCode> = {
  400: 'InvalidParameter',
  401: 'AccessDenied',
  404: 'ResourceNotFound',
  409: 'Conflict',
  429: 'Throttled',
  501: 'UnsupportedFeature',
};

/** Any error but the engine's refusals comes back as it is. */
export function hostError(error: unknown): unknown {
  if (!(error instanceof DockerApiError)) return error;
  const message = cleaned(error.message.replace(/^Conflict\. /, ''));
  if (isNameTaken(error)) return nameTaken(message);
  if (isAmbiguous(error)) return new AppError('InvalidParameter', message);
  const told = error.status === 400 || error.status === 404 ? statuses[error.status] : undefined;
  const spoken = words.find(([form]) => form.test(message))?.[1];
  return new AppError(told ?? spoken ?? statuses[error.status] ?? 'Server', message);
}

/** Engines also say by whom, which is not for everybody to know. */
function nameTaken(message: string): AppError {
  const name = /name "?\/?([a-zA-Z0-9_.-]+)"? /.exec(message)?.[1] ?? '';
  return new AppError(
    'AlreadyExists',
    `The name '${name}' is taken; choose another, or remove the container that has it.`,
    {
      field: 'name',
    },
  );
}

/** Runs a call of the host, and gives its failure as the port has it. */
export async function asHostCall<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hostError(error);
  }
}

export const notFound = (kind: string, name: string) =>
  new AppError('ResourceNotFound', `There is no ${kind} '${name}'.`);
