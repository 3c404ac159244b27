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
    const { additionalProperty, missingProperty, allowedValues } = (first?.params ?? {}) as {
      additionalProperty?: string;
      missingProperty?: string;
      allowedValues?: unknown[];
    };
    const place = [places[part] ?? part, path].filter(Boolean).join(' ');
    const member = missingProperty ?? additionalProperty?.slice(0, 100);
    const field = [path, member].filter(Boolean).join('.');
    const extra = additionalProperty === undefined ? '' : `: ${additionalProperty.slice(0, 100)}`;
    const choices = allowedValues === undefined ? '' : `: ${allowedValues.join(', ')}`;
    return new AppError(
      'InvalidParameter',
      `${place} ${first?.message ?? 'is not valid'}${extra}${choices}.`,
      field === '' ? {} : { field },
    );
  });
}
