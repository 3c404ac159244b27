/** Reads the JSON of a request's body. */
import { isTooDeep, maxJsonDepth } from '../json.ts';
import { EcsError } from './errors.ts';

/** An absent body is an empty request. Throws SerializationException for what is no JSON, or too deep. */
export function parseBody(text: string): unknown {
  if (text === '') return {};
  if (isTooDeep(text)) {
    throw new EcsError(
      'SerializationException',
      400,
      `The JSON is nested deeper than ${maxJsonDepth} levels.`,
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new EcsError('SerializationException', 400, 'The request body is not valid JSON.');
  }
}
