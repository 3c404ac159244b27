/** Functions as AWS names them: a name, a part of an ARN or a whole one, with a version or an alias behind it. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { findFunction, type FoundFunction } from '../../core/functions/catalogue.ts';
import { findByLambdaName, lambdaNameOf } from '../../core/functions/lambda-names.ts';
import type { FunctionRecord } from '../../core/functions/records.ts';
import { signedRegion } from '../signed-region.ts';
import type { LambdaFaceOptions } from './options.ts';

/** A function as a request names it. */
export interface Named extends FoundFunction {
  /** The version's number or the alias that was asked for; absent: `$LATEST`, which is the current version. */
  qualifier?: string;
}

export const latest = '$LATEST';
const reference =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:(\d{12}):)?(?:function:)?([A-Za-z0-9_-]{1,140})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** Throws `InvalidParameter` and `ResourceNotFound`. */
export async function findNamed(
  options: LambdaFaceOptions,
  request: FastifyRequest,
  given: string,
  qualifierGiven?: string,
): Promise<Named> {
  const { account, name, qualifier } = readName(given, qualifierGiven);
  const { principal } = request;
  const isOurs = account === undefined || account === principal.account;
  const record = isOurs
    ? await findByLambdaName(options.core.store.read, options.core, principal, name)
    : undefined;
  if (record === undefined) throw notFound(arnOf(options, request, name));
  const suffix = qualifier === undefined ? '' : `:${qualifier}`;
  try {
    const found = await findFunction(
      options.core,
      principal,
      `${record.languageTitle}${suffix}`,
      'Qualifier',
    );
    return { ...found, ...(qualifier !== undefined && { qualifier }) };
  } catch (error) {
    const isMissing = error instanceof AppError && error.code === 'ResourceNotFound';
    throw isMissing ? notFound(`${arnOf(options, request, name)}${suffix}`) : error;
  }
}

/** Of a new function: no version. Throws `InvalidParameter`. */
export function readName(given: string, qualifierGiven?: string) {
  const [, account, name, suffix] = reference.exec(given) ?? [];
  if (name === undefined) {
    throw new AppError(
      'InvalidParameter',
      `FunctionName: '${given.slice(0, 100)}' is no name of a function.`,
      {
        field: 'FunctionName',
      },
    );
  }
  if (suffix !== undefined && qualifierGiven !== undefined && suffix !== qualifierGiven) {
    throw new AppError('InvalidParameter', 'The version in FunctionName is another one than Qualifier.', {
      field: 'Qualifier',
    });
  }
  const qualifier = suffix ?? qualifierGiven;
  return { account, name, ...(qualifier !== undefined && qualifier !== latest && { qualifier }) };
}

export function arnOf(
  { region }: LambdaFaceOptions,
  { headers, principal }: FastifyRequest,
  name: string,
): string {
  return `arn:aws:lambda:${signedRegion(headers) ?? region}:${principal.account}:function:${name}`;
}

export function functionArn(
  options: LambdaFaceOptions,
  request: FastifyRequest,
  record: FunctionRecord,
  qualifier?: string,
): string {
  const arn = arnOf(options, request, lambdaNameOf(record));
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

const notFound = (arn: string) => new AppError('ResourceNotFound', `Function not found: ${arn}`);
