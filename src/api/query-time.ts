import Type from 'typebox';
import { AppError } from '../core/errors.ts';

export const timeSchema = (description: string) =>
  Type.String({
    maxLength: 64,
    description: `${description} RFC 3339, or epoch seconds.`,
    examples: ['2030-01-31T12:00:00Z'],
  });

/** Epoch ms of a query parameter. Throws `AppError` InvalidParameter. */
export function queryTime(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const at = /^\d{1,11}(\.\d{1,9})?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(at)) {
    throw new AppError(
      'InvalidParameter',
      `${name} must be a time, such as 2030-01-31T12:00:00Z, or epoch seconds.`,
      { field: name },
    );
  }
  return at;
}
