/** What a JSON Schema of a function may hold: it comes from a user and is run against values of other users. */
import { AppError } from '../errors.ts';

type Schema = Record<string, unknown>;

const maxBytes = 64 * 1024;
const maxDepth = 50;
const maxParts = 1000;
/** Below this many parts, and without references, the parts of a schema are few enough not to be counted as they run. */
const fewParts = 64;

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const oneSchema = [
  ...['items', 'additionalItems', 'additionalProperties', 'unevaluatedItems', 'unevaluatedProperties'],
  ...['contains', 'propertyNames', 'not', 'if', 'then', 'else'],
];
const manySchemas = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const namedSchemas = [
  ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'],
];
const references = ['$ref', '$dynamicRef', '$recursiveRef'];
const drafts: Readonly<Record<string, Draft>> = {
  'https://json-schema.org/draft/2020-12/schema': '2020-12',
  'http://json-schema.org/draft-07/schema': 'draft-07',
};

export type Draft = '2020-12' | 'draft-07';

/** The keyword that counts, put into schemas that could otherwise take for ever. */
export const countingKeyword = 'longshore-step';

export interface CheckedSchema {
  draft: Draft;
  /** A copy, ready to be compiled. */
  schema: Schema | boolean;
  /** Characters of it as JSON. */
  size: number;
  /** Whether a part of it refers to another one, so that its size does not say how much it checks. */
  refers: boolean;
}

/** Throws `InvalidParameter` with the field and what to change. `field`: `schema.params`. */
export function checkedSchema(given: unknown, field: string): CheckedSchema {
  const refuse: Refuse = (path, message) => {
    throw new AppError('InvalidParameter', `${field}${path}: ${message}`, { field: `${field}${path}` });
  };
  if (!isObject(given)) return refuse('', 'must be a JSON Schema, which is an object.');
  const text = JSON.stringify(given);
  if (text.length > maxBytes) refuse('', `a schema may have ${maxBytes} characters.`);
  const schema = JSON.parse(text) as Schema;
  const draft = draftOf(schema, refuse);
  delete schema['$schema'];
  delete schema['$id'];
  const parts: Schema[] = [];
  collect(schema, '', 0, parts, refuse);
  const refers = parts.some((part) => references.some((keyword) => keyword in part));
  if (refers || parts.length > fewParts) for (const part of parts) part[countingKeyword] = true;
  return { draft, schema, size: text.length, refers };
}

type Refuse = (path: string, message: string) => never;

function draftOf(schema: Schema, refuse: Refuse): Draft {
  const named = schema['$schema'];
  if (named === undefined) return '2020-12';
  const draft = typeof named === 'string' ? drafts[named.replace(/#$/, '')] : undefined;
  return draft ?? refuse('/$schema', `must be one of ${Object.keys(drafts).join(', ')}.`);
}

/** Walks over every part that is a schema itself, and refuses what reaches out or cannot be bounded. */
function collect(schema: unknown, path: string, depth: number, parts: Schema[], refuse: Refuse): void {
  if (typeof schema === 'boolean') return;
  if (!isObject(schema)) return refuse(path, 'must be a schema: an object, true or false.');
  if (depth > maxDepth) return refuse(path, `a schema may be nested ${maxDepth} levels deep.`);
  if (parts.length >= maxParts) return refuse(path, `a schema may have ${maxParts} parts that are schemas.`);
  parts.push(schema);
  for (const keyword of references) {
    const target = schema[keyword];
    if (target !== undefined && (typeof target !== 'string' || !target.startsWith('#')))
      return refuse(`${path}/${keyword}`, "only references within the schema work, such as '#/$defs/name'.");
  }
  if (depth > 0 && '$id' in schema) refuse(`${path}/$id`, 'a part of a schema can have no $id.');
  if (countingKeyword in schema) refuse(`${path}/${countingKeyword}`, 'is no keyword of JSON Schema.');
  for (const [name, part, at] of partsOf(schema, path)) {
    // `dependencies` of draft-07 also lists names.
    if (name === 'dependencies' && Array.isArray(part)) continue;
    collect(part, at, depth + 1, parts, refuse);
  }
}

function* partsOf(schema: Schema, path: string): Generator<[keyword: string, part: unknown, path: string]> {
  for (const keyword of oneSchema) {
    if (keyword in schema && !Array.isArray(schema[keyword]))
      yield [keyword, schema[keyword], `${path}/${keyword}`];
  }
  for (const keyword of manySchemas) {
    const list = schema[keyword];
    if (!Array.isArray(list)) continue;
    for (const [index, part] of list.entries()) yield [keyword, part, `${path}/${keyword}/${index}`];
  }
  for (const keyword of namedSchemas) {
    const named = schema[keyword];
    if (!isObject(named)) continue;
    for (const [name, part] of Object.entries(named)) yield [keyword, part, `${path}/${keyword}/${name}`];
  }
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
