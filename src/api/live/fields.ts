/** Reads members of messages. Each throws `LiveError` INVALID_REQUEST that names the field. */
import { LiveError } from './protocol.ts';

export type Fields = Readonly<Record<string, unknown>>;

const maxText = 2048;
const maxItems = 100;

export function invalid(field: string, reason: string, message = 'Invalid request parameters'): LiveError {
  return new LiveError('INVALID_REQUEST', message, { field, reason });
}

export function object(from: Fields, field: string): Fields {
  const value = from[field];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(field, value === undefined ? 'it is missing' : 'it must be an object');
}

export function optionalObject(from: Fields, field: string): Fields {
  return from[field] === undefined || from[field] === null ? {} : object(from, field);
}

export function text(from: Fields, field: string, longest = maxText): string {
  const value = optionalText(from, field, longest);
  if (value === undefined) throw invalid(field, 'it is missing');
  return value;
}

export function optionalText(from: Fields, field: string, longest = maxText): string | undefined {
  const value = from[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') throw invalid(field, 'it must be a text');
  if (value.length > longest) throw invalid(field, `it is longer than ${longest} characters`);
  return value;
}

export function optionalTexts(from: Fields, field: string): readonly string[] | undefined {
  const value = from[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string' && each.length <= maxText)) {
    throw invalid(field, 'it must be a list of texts');
  }
  if (value.length > maxItems) throw invalid(field, `it has more than ${maxItems} items`);
  return value as string[];
}

export function optionalFlag(from: Fields, field: string): boolean {
  const value = from[field] ?? false;
  if (typeof value !== 'boolean') throw invalid(field, 'it must be true or false');
  return value;
}
