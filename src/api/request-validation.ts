/** What does not fit a route's schema is refused in the words of every other refusal: the field, and what it must be. */
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { AppError } from '../core/errors.ts';

/** A member that nobody knows is refused where a schema says so, never quietly taken away. */
export const ajvOptions: FastifyServerOptions['ajv'] = { customOptions: { removeAdditional: false } };

const places: Record<string, string> = {
  querystring: 'query',
  params: 'path',
  headers: 'header',
  body: 'body',
};

export function refuseInPlainWords(app: FastifyInstance): void {
  app.setSchemaErrorFormatter(([first], part) => {
    const path = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    const { additionalProperty, missingProperty, allowedValues, limit } = (first?.params ?? {}) as {
      additionalProperty?: string;
      missingProperty?: string;
      allowedValues?: unknown[];
      limit?: number;
    };
    const place = [places[part] ?? part, path].filter(Boolean).join(' ');
    const member = missingProperty ?? additionalProperty?.slice(0, 100);
    const field = [path, member].filter(Boolean).join('.');
    const extra = additionalProperty === undefined ? '' : `: ${additionalProperty.slice(0, 100)}`;
    const bound = { minLength: 'at least', maxLength: 'at most' }[first?.keyword ?? ''];
    const choices = allowedValues === undefined ? '' : `: ${allowedValues.join(', ')}`;
    const words = bound
      ? `${path}: ${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`
      : `${place} ${first?.message ?? 'is not valid'}${extra}${choices}`;
    return new AppError('InvalidParameter', `${words}.`, field === '' ? {} : { field });
  });
}
