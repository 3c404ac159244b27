/**
 * Params and results against the JSON Schemas of a function. A schema is compiled once per version. Whatever a schema
 * asks for, a check is bounded: patterns run in linear time, and every one of their steps, and of schemas that refer
 * to themselves, is counted.
 */
import { Ajv, type CodeKeywordDefinition, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';
import { AppError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { linearPattern, TooManySteps, type Steps } from './linear-pattern.ts';
import type { FunctionSchema } from './records.ts';
import { checkedSchema, countingKeyword, type CheckedSchema } from './schema-rules.ts';

/** Where in the value (a JSON Pointer, RFC 6901) and what is wrong there. */
export interface Fault {
  path: string;
  message: string;
}

/** Empty: it is as it should be. */
export type Check = (value: unknown) => Fault[];

export interface Checks {
  params: Check;
  result: Check;
}

const maxFaults = 20;
/** Characters of a value times those of its schema, up to which all faults are looked for and not the first alone. */
const maxPlaces = 2_000_000;
/** About a fifth of a second. */
const stepsPerCheck = 2_000_000;
const steps: Steps = { left: 0 };

/** Throws `InvalidParameter` naming the place in the schema. `known`: it passed here before. */
export function compileChecks(schema: FunctionSchema, known = false): Checks {
  return {
    params: compile(schema.params, 'schema.params', '/params', known),
    result: compile(schema.result, 'schema.result', '/result', known),
  };
}

/** Compiled ones of the versions used last. */
export class CheckCache {
  readonly #checks = new LRUCache<string, Checks>({ max: 500 });

  of(version: { id: string; digest: string; schema: FunctionSchema }): Checks {
    const key = `${version.id} ${version.digest}`;
    const before = this.#checks.get(key);
    if (before !== undefined) return before;
    const made = compileChecks(version.schema, true);
    this.#checks.set(key, made);
    return made;
  }
}

const anything: Check = () => [];

function compile(given: unknown, field: string, root: string, known: boolean): Check {
  if (given === undefined) return anything;
  const checked = checkedSchema(given, field);
  const first = compileOne(checked, field, known, false);
  let all: ValidateFunction | undefined;
  return (value) => {
    const faults = faultsOf(first, value, root);
    if (faults.length === 0 || !isSmall(value, checked)) return faults;
    all ??= compileOne(checked, field, true, true);
    return faultsOf(all, value, root);
  };
}

/** Whether all faults at once cannot be too many to hold: each is of one place of the value and one of the schema. */
function isSmall(value: unknown, { size, refers }: CheckedSchema): boolean {
  return !refers && JSON.stringify(value).length * size <= maxPlaces;
}

function compileOne(
  { draft, schema }: CheckedSchema,
  field: string,
  known: boolean,
  allErrors: boolean,
): ValidateFunction {
  try {
    steps.left = stepsPerCheck;
    // A compiler of its own: nothing that one user's schema defines is there for the next.
    const asked = { ...options, allErrors, validateSchema: !known, meta: !known };
    const ajv = draft === 'draft-07' ? new Ajv(asked) : new Ajv2020(asked);
    addKeywords(ajv);
    if (!allErrors) forgetTries(ajv);
    return ajv.compile(schema);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('InvalidParameter', `${field}: ${why}.`, { field });
  }
}

const options: Options = {
  // A copy wherever a part is referred to would let a small schema become an endless program.
  inlineRefs: false,
  strict: false,
  // Formats are notes for people: checking them is optional in JSON Schema.
  validateFormats: false,
  // A member that every object inherits is none of its own.
  ownProperties: true,
  logger: false,
  code: {
    regExp: Object.assign((source: string) => linearPattern(source, steps), { code: 'linearPattern' }),
  },
};

function addKeywords(ajv: Ajv): void {
  // The one that is built in compares every item with every other.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not have the same item twice' },
    validate: (wanted: boolean, items: unknown[]) =>
      !wanted || new Set(items.map(canonicalJson)).size === items.length,
  });
  ajv.addKeyword({
    keyword: countingKeyword,
    validate: () => {
      if (--steps.left < 0) throw new TooManySteps();
      return true;
    },
  });
}

/**
 * What does not fit one branch, or one item, is no fault where another may. The keywords would keep a note of each
 * until they are through, which for a long list takes more memory than the server has.
 */
function forgetTries(ajv: Ajv): void {
  for (const keyword of ['anyOf', 'oneOf', 'contains']) {
    const definition = ajv.getKeyword(keyword) as CodeKeywordDefinition;
    const { code } = definition;
    definition.code = (context, ruleType) => {
      const subschema = context.subschema.bind(context);
      context.subschema = (part, valid) => {
        const made = subschema({ ...part, createErrors: false }, valid);
        context.reset();
        return made;
      };
      code(context, ruleType);
    };
  }
}

function faultsOf(validate: ValidateFunction, value: unknown, root: string): Fault[] {
  steps.left = stepsPerCheck;
  try {
    if (validate(value)) return [];
  } catch (error) {
    // A RangeError: the schema refers to itself without end.
    if (!(error instanceof TooManySteps || error instanceof RangeError)) throw error;
    return [{ path: root, message: 'takes too long to check against its schema' }];
  }
  return (validate.errors ?? []).slice(0, maxFaults).map((error) => faultOf(error, root));
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject, root: string): Fault {
  const named = params as {
    missingProperty?: string;
    additionalProperty?: string;
    unevaluatedProperty?: string;
    allowedValues?: unknown[];
  };
  const at = (name: string) => `${root}${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (keyword === 'required' && named.missingProperty !== undefined)
    return { path: at(named.missingProperty), message: 'is required' };
  const extra = named.additionalProperty ?? named.unevaluatedProperty;
  if (extra !== undefined) return { path: at(extra.slice(0, 200)), message: 'is not known' };
  const path = `${root}${instancePath}`;
  if (named.allowedValues !== undefined) {
    const allowed = named.allowedValues.map((each) => JSON.stringify(each)).join(', ');
    return { path, message: `must be one of ${allowed.slice(0, 500)}` };
  }
  return { path, message: message ?? `does not fit '${keyword}'` };
}

/** All of it in one sentence. */
export function faultText(faults: readonly Fault[]): string {
  const shown = faults.slice(0, 3).map(({ path, message }) => `${path} ${message}`);
  return shown.join('; ') + (faults.length > 3 ? `; and ${faults.length - 3} more` : '') + '.';
}
