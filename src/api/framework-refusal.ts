/** What Fastify refuses while it reads a body, in the words of our own refusals. */
import { Refusal } from './refusal.ts';

const refusals: Record<string, [status: number, code: string, message: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'PayloadTooLarge', 'The body is larger than this route takes.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'InvalidJson', 'The body is empty: send JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'InvalidBody', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    'InvalidJson',
    'The body is not valid JSON; a member named __proto__ is not accepted either.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'UnsupportedMediaType',
    'Content-Type: send the body as application/json.',
  ],
};

/** The error itself where it is no such refusal. */
export function inOurWords(error: unknown): unknown {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  const refusal = typeof code === 'string' && Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return refusal === undefined ? error : new Refusal(...refusal);
}
