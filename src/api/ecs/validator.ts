/**
 * Checks what a client sent against the model and copies what the model knows of it. Unknown members and nulls are
 * left out, as AWS does. A wrong JSON type is a SerializationException; a value that breaks a rule is an
 * InvalidParameterException.
 */
import { EcsError } from './errors.ts';
import type { Facts, Member, Model, Shape } from './model.ts';

export type Validate = (body: unknown) => Record<string, unknown>;

type Check = (value: unknown) => unknown;

/** Where the check is: member names and list indexes. Checks are synchronous, so one stack serves all requests. */
const path: (string | number)[] = [];

export function compileValidator(model: Model, structure: string): Validate {
  const check = new Compiler(model).structure(structure);
  return (body) => {
    path.length = 0;
    return check(body) as Record<string, unknown>;
  };
}

class Compiler {
  private readonly model: Model;
  private readonly structures = new Map<string, Check>();

  constructor(model: Model) {
    this.model = model;
  }

  structure(name: string): Check {
    const known = this.structures.get(name);
    if (known) return known;
    const members: { member: Member; check: Check }[] = [];
    const check: Check = (value) => checkStructure(members, value);
    // Known before its members are compiled, so that a structure may contain itself.
    this.structures.set(name, check);
    for (const member of this.model.members(name)) {
      members.push({ member, check: this.shape(member.shape, member.facts, member.elementFacts) });
    }
    return check;
  }

  private shape(shape: Shape, facts: Facts, elementFacts: Facts): Check {
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape.name);
      case 'list':
        return listCheck(this.shape(shape.element, elementFacts, {}), facts);
      case 'map':
        return mapCheck(this.shape(shape.value, {}, {}));
      case 'enum':
        return enumCheck(facts.enum ?? shape.values, facts);
      case 'string':
        return stringCheck(facts);
      case 'integer':
        return numberCheck(facts);
      case 'boolean':
        return checkBoolean;
      case 'timestamp':
        return checkTimestamp;
      case 'document':
        return (value) => value;
    }
  }
}

function checkStructure(members: readonly { member: Member; check: Check }[], value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw serialization(`${tokenOf(value)} can not be converted to a structure`);
  }
  const from = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const { member, check } of members) {
    const given = from[member.name];
    if (given === undefined || given === null) {
      if (member.required) throw missing(member);
      continue;
    }
    path.push(member.name);
    copy[member.name] = check(given);
    path.pop();
  }
  return copy;
}

function listCheck(element: Check, facts: Facts): Check {
  return (value) => {
    if (!Array.isArray(value)) throw serialization(`Expected a list, not ${tokenOf(value)}`);
    checkRange(value.length, facts, 'have', value.length === 1 ? 'element' : 'elements');
    return value.map((each: unknown, index) => {
      path.push(index);
      if (each === null) throw invalid('must not be null');
      const checked = element(each);
      path.pop();
      return checked;
    });
  };
}

function mapCheck(element: Check): Check {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw serialization(`${tokenOf(value)} can not be converted to a map`);
    }
    const entries = Object.entries(value as Record<string, unknown>).map(([key, each]) => {
      path.push(key);
      if (each === null) throw invalid('must not be null');
      const checked = element(each);
      path.pop();
      return [key, checked] as const;
    });
    // Defines each key, also `__proto__`, as an own property.
    return Object.fromEntries(entries);
  };
}

function enumCheck(values: readonly string[], facts: Facts): Check {
  const allowed = new Set(values);
  const list = values.join(',');
  return (value) => {
    if (typeof value !== 'string') throw serialization(`${tokenOf(value)} can not be converted to a String`);
    if (allowed.has(value)) return value;
    if (facts.invalid) throw parameter(facts.invalid.replace('{values}', list));
    throw invalid(`should be one of [${list}]`, value);
  };
}

function stringCheck(facts: Facts): Check {
  const pattern = facts.pattern === undefined ? undefined : new RegExp(`^(?:${facts.pattern})$`, 'u');
  return (value) => {
    if (typeof value !== 'string') throw serialization(`${tokenOf(value)} can not be converted to a String`);
    checkRange(value.length, facts, 'have', 'characters');
    if (pattern && !pattern.test(value)) throw invalid(`must match the pattern ${facts.pattern}`, value);
    return value;
  };
}

function numberCheck(facts: Facts): Check {
  const kind = facts.number ?? 'integer';
  const [low, high] = kind === 'integer' ? [-(2 ** 31), 2 ** 31 - 1] : [-(2 ** 63), 2 ** 63];
  return (value) => {
    if (typeof value !== 'number') {
      throw serialization(
        `${tokenOf(value)} can not be converted to ${kind === 'integer' ? 'an' : 'a'} ${title(kind)}`,
      );
    }
    if (!Number.isFinite(value)) throw serialization(`The number is out of the range of type ${title(kind)}`);
    if (kind !== 'double') {
      if (!Number.isInteger(value)) throw serialization(`${value} is not a whole number`);
      if (value < low || value > high)
        throw serialization(`${value} is out of the range of type ${title(kind)}`);
    }
    checkRange(value, facts, 'be', '');
    return value;
  };
}

function checkBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw serialization(`${tokenOf(value)} can not be converted to a Boolean`);
}

/** Epoch seconds, or an ISO 8601 time, which some clients send; to epoch seconds. */
function checkTimestamp(value: unknown): number {
  // Date's own range: 8.64e15 milliseconds to either side.
  if (typeof value === 'number' && Math.abs(value) <= 8.64e12) return value;
  const time = typeof value === 'string' && /^\d{4}-/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(time)) throw serialization(`${tokenOf(value)} can not be converted to a Timestamp`);
  return time / 1000;
}

function checkRange(size: number, { min, max }: Facts, verb: string, unit: string): void {
  if ((min === undefined || size >= min) && (max === undefined || size <= max)) return;
  const range =
    min === undefined
      ? `at most ${max}`
      : max === undefined
        ? `at least ${min}`
        : `between ${min} and ${max}`;
  throw invalid(`must ${verb} ${range} ${unit}`.trimEnd() + `, not ${size}`);
}

function missing(member: Member): EcsError {
  if (member.facts.missing) return new EcsError(member.facts.missing.type, 400, member.facts.missing.message);
  path.push(member.name);
  return invalid('is required and must not be null');
}

function invalid(rule: string, value?: string): EcsError {
  const quoted = value === undefined ? '' : ` '${value.length > 100 ? `${value.slice(0, 100)}...` : value}'`;
  return parameter(`Invalid parameter: ${where()}${quoted} ${rule}.`);
}

function parameter(message: string): EcsError {
  return new EcsError('InvalidParameterException', 400, message);
}

function serialization(message: string): EcsError {
  return new EcsError(
    'SerializationException',
    400,
    path.length === 0 ? message : `${message} (at ${where()})`,
  );
}

/** `containerDefinitions[0].portMappings[1].hostPort` */
function where(): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** A value's kind in the words of AWS's JSON reader. */
function tokenOf(value: unknown): string {
  if (value === null) return 'NULL_VALUE';
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'object') return 'START_OBJECT';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return `${typeof value}_VALUE`.toUpperCase();
}

function title(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}
