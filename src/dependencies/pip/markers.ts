/** Conditions behind a requirement, such as `python_version >= "3.8" and sys_platform == "linux"` (PEP 508). */
import type { PythonPlatform } from './wheel-tags.ts';

type Values = Readonly<Record<string, string>>;

const token = /\s*(?:(\(|\)|===|~=|==|!=|<=|>=|<|>)|"([^"]*)"|'([^']*)'|([A-Za-z_.]+))/y;
const versions = new Set(['python_version', 'python_full_version', 'implementation_version']);
const mostParts = 500;
const deepest = 50;

/** Whether it holds for that Python. Throws where it is no condition, or asks for what is not known. */
export function holds(text: string, here: PythonPlatform): boolean {
  const parser = new MarkerParser(text, valuesOf(here));
  return parser.whole();
}

function valuesOf({ version, minor, machine }: PythonPlatform): Values {
  return {
    python_version: `3.${minor}`,
    python_full_version: version,
    implementation_version: version,
    implementation_name: 'cpython',
    platform_python_implementation: 'CPython',
    os_name: 'posix',
    sys_platform: 'linux',
    platform_system: 'Linux',
    platform_machine: machine,
    extra: '',
  };
}

interface Operand {
  value: string;
  /** Of a variable. */
  name?: string;
}

class MarkerParser {
  readonly #tokens: { kind: 'mark' | 'text' | 'word'; text: string }[] = [];
  readonly #values: Values;
  #next = 0;
  #depth = 0;

  constructor(text: string, values: Values) {
    this.#values = values;
    token.lastIndex = 0;
    const source = text.trim();
    while (token.lastIndex < source.length) {
      const at = token.lastIndex;
      const found = token.exec(source);
      if (found === null || this.#tokens.length >= mostParts)
        throw new Error(`'${source.slice(at, at + 50)}' is not understood`);
      const [, mark, double, single, word] = found;
      if (mark !== undefined) this.#tokens.push({ kind: 'mark', text: mark });
      else if (word !== undefined) this.#tokens.push({ kind: 'word', text: word });
      else this.#tokens.push({ kind: 'text', text: double ?? single ?? '' });
    }
  }

  whole(): boolean {
    const result = this.#or();
    if (this.#next < this.#tokens.length) throw new Error(`'${this.#tokens[this.#next]!.text}' is too much`);
    return result;
  }

  #or(): boolean {
    let result = this.#and();
    while (this.#took('or')) result = this.#and() || result;
    return result;
  }

  #and(): boolean {
    let result = this.#one();
    while (this.#took('and')) result = this.#one() && result;
    return result;
  }

  #one(): boolean {
    if (!this.#took('(')) return this.#comparison();
    this.#depth += 1;
    if (this.#depth > deepest) throw new Error('it is nested too deep');
    const result = this.#or();
    if (!this.#took(')')) throw new Error("a ')' is missing");
    this.#depth -= 1;
    return result;
  }

  #comparison(): boolean {
    const left = this.#operand();
    const operator = this.#took('not') ? `not ${this.#take().text}` : this.#take().text;
    return compare(left, operator, this.#operand());
  }

  #operand(): Operand {
    const { kind, text } = this.#take();
    if (kind === 'text') return { value: text };
    const value = kind === 'word' && Object.hasOwn(this.#values, text) ? this.#values[text] : undefined;
    if (value === undefined) throw new Error(`'${text}' is not known`);
    return { value, name: text };
  }

  #take() {
    const found = this.#tokens[this.#next];
    if (found === undefined) throw new Error('it ends too early');
    this.#next += 1;
    return found;
  }

  /** Only what is not within quotes. */
  #took(text: string): boolean {
    const found = this.#tokens[this.#next];
    if (found === undefined || found.kind === 'text' || found.text !== text) return false;
    this.#next += 1;
    return true;
  }
}

function compare(left: Operand, operator: string, right: Operand): boolean {
  if (operator === 'in') return right.value.includes(left.value);
  if (operator === 'not in') return !right.value.includes(left.value);
  const areVersions = versions.has(left.name ?? '') || versions.has(right.name ?? '');
  const prefix = right.value.endsWith('.*') ? right.value.slice(0, -1) : undefined;
  if (areVersions && prefix !== undefined && (operator === '==' || operator === '!='))
    return `${left.value}.`.startsWith(prefix) === (operator === '==');
  const order = areVersions ? versionOrder(left.value, right.value) : Number(left.value !== right.value);
  if (operator === '==' || operator === '===') return order === 0;
  if (operator === '!=') return order !== 0;
  if (!areVersions) throw new Error(`'${operator}' compares versions only`);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  if (operator === '>=') return order >= 0;
  if (operator !== '~=') throw new Error(`'${operator}' is no comparison`);
  const family = right.value.slice(0, right.value.lastIndexOf('.') + 1);
  return order >= 0 && `${left.value}.`.startsWith(family);
}

/** Of numbers between dots; absent ones are 0. */
function versionOrder(left: string, right: string): number {
  const [one, other] = [left, right].map((version) => version.split('.').map(Number)) as [number[], number[]];
  if ([...one, ...other].some(Number.isNaN)) throw new Error(`'${right}' is no version of numbers and dots`);
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
