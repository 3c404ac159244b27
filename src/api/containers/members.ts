/** Members of a body or a query, read one by one. What is wrong with each is kept, so that all is told at once. */
import type { Problems } from '../../core/containers/problems.ts';
import { nearest } from '../../core/nearest.ts';

export interface MembersOptions {
  problems: Problems;
  /** How the request calls what holds these: `healthcheck`. Absent: the request itself. */
  path?: string;
  /** Of a query: numbers and flags are text there. */
  fromText?: boolean;
}

export class Members {
  readonly problems: Problems;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #fromText: boolean;

  /** What is no object has no members, and is a problem. */
  constructor(source: unknown, { problems, path = '', fromText = false }: MembersOptions) {
    this.problems = problems;
    this.#path = path;
    this.#fromText = fromText;
    this.#values = isObject(source) ? source : {};
    if (source !== undefined && !isObject(source)) problems.add(path || 'body', 'must be an object.');
  }

  /** Null counts as absent. */
  value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  field(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  refuse(name: string, message: string): undefined {
    this.problems.add(this.field(name), message);
  }

  /** Refuses members of any other name, each with the nearest of these. */
  only(...known: readonly string[]): void {
    const unknown = Object.keys(this.#values).filter((name) => !known.includes(name));
    for (const name of unknown.slice(0, mostUnknown)) {
      const shown = name.slice(0, 100);
      const meant = nearest(shown, known);
      this.refuse(shown, `is not known here.${meant === undefined ? '' : ` Is ${meant} meant?`}`);
    }
  }

  text(name: string, form?: TextForm): string | undefined {
    return this.#checkedText(name, this.value(name), form);
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.number(name, least, most);
    if (value === undefined || Number.isInteger(value)) return value;
    return this.refuse(name, `must be a whole number from ${least} to ${most}.`);
  }

  number(name: string, least: number, most: number): number | undefined {
    const given = this.value(name);
    if (given === undefined) return undefined;
    const value = this.#fromText && typeof given === 'string' && decimal.test(given) ? Number(given) : given;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    return this.refuse(name, `must be a number from ${least} to ${most}.`);
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    if (this.#fromText && ['true', '1', ''].includes(value as string)) return true;
    if (this.#fromText && ['false', '0'].includes(value as string)) return false;
    return this.refuse(name, 'must be true or false.');
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (choices.includes(value as T)) return value as T;
    return this.refuse(name, `must be one of ${choices.join(', ')}.`);
  }

  /** A list of texts, or one text for a list of one. */
  texts(name: string, form?: TextForm): string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const list = Array.isArray(value) ? (value as unknown[]) : [value];
    if (list.length > mostItems) return this.refuse(name, `must hold at most ${mostItems} items.`);
    return list.flatMap((item, index) => this.#checkedText(`${name}[${index}]`, item ?? false, form) ?? []);
  }

  #checkedText(
    name: string,
    value: unknown,
    { most = 4096, form, words }: TextForm = {},
  ): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.refuse(name, 'must be text.');
    if (value.includes('\0')) return this.refuse(name, 'holds a NUL character.');
    if (value.length > most) return this.refuse(name, `must be at most ${most} characters long.`);
    if (form && !form.test(value)) return this.refuse(name, words ?? 'is malformed.');
    return value;
  }
}

export interface TextForm {
  most?: number;
  form?: RegExp;
  /** What is said where the form does not fit. */
  words?: string;
}

export const mostItems = 1000;
/** What is meant by each is looked for, which a body full of them must not be able to ask for. */
const mostUnknown = 20;
const decimal = /^-?\d{1,15}(\.\d{1,9})?$/;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
