import { AppError, EngineError, type ErrorCode } from '../../../core/errors.ts';
import type { Quirks } from '../client/quirks.ts';
import { familiarName, nameOf, type ImageReference } from '../images/reference.ts';
import { hostError } from './errors.ts';

/** Whole, or the beginning that engines show. A repository may be called so too; no engine finds it then. */
export const namesImageId = (text: string): boolean =>
  /^(?:sha256:[0-9a-f]{6,64}|[0-9a-f]{12,64})$/.test(text);

export function imageName(
  reference: ImageReference,
  { qualifiesNames }: Pick<Quirks, 'qualifiesNames'>,
): string {
  const name = qualifiesNames ? nameOf(reference) : familiarName(reference);
  return reference.digest === undefined ? `${name}:${reference.tag}` : `${name}@${reference.digest}`;
}

const kinds: [RegExp, ErrorCode][] = [
  [/^invalid image reference/, 'InvalidParameter'],
  [/toomanyrequests|rate limit|answered 429/i, 'Throttled'],
  [/refused it|asks for credentials|answered 40[13]/, 'AccessDenied'],
  [/not found|has no variant|has it no longer/, 'ResourceNotFound'],
  [/is made for/, 'InvalidParameter'],
  [
    /cannot be reached|without a digest|ECONN|ENOTFOUND|EAI_AGAIN|timed? ?out|nothing came back/i,
    'Unavailable',
  ],
];

/** What ImageSource and the engine say of a reference and its registry, as the host's port has it. */
export function registryError(error: unknown): unknown {
  if (!(error instanceof EngineError) || error.code !== 'CannotPullContainerError') return hostError(error);
  const code = kinds.find(([form]) => form.test(error.message))?.[1] ?? 'Server';
  return new AppError(code, error.message, code === 'InvalidParameter' ? { field: 'name' } : {});
}
