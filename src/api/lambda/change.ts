/** Changes of a function: AWS Lambda's API says what is new, and the rest stays as it was in the version before. */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { FoundFunction } from '../../core/functions/catalogue.ts';
import { updateFunction, type Published } from '../../core/functions/publication.ts';
import { signedRegion } from '../signed-region.ts';
import { requireRevision } from './configuration.ts';
import { changedDefinition } from './definition.ts';
import type { LambdaFaceOptions } from './options.ts';

/**
 * `revision`: what the caller takes the function to be at. Throws `Conflict` where it is another, and
 * `UpdateInProgress` where the caller named none and somebody else was faster.
 */
export async function change(
  { core, region }: LambdaFaceOptions,
  { principal, headers }: FastifyRequest,
  { record, version }: FoundFunction,
  changes: Parameters<typeof changedDefinition>[2],
  revision: string | undefined,
): Promise<Published> {
  requireRevision(version.id, revision);
  const definition = changedDefinition(version, signedRegion(headers) ?? region, changes);
  try {
    return await updateFunction(core, principal, record.languageTitle, definition, version.id);
  } catch (error) {
    const isConflict = error instanceof AppError && error.code === 'Conflict';
    throw isConflict && revision === undefined ? new AppError('UpdateInProgress', error.message) : error;
  }
}
