/**
 * The cluster query language of memberOf constraints and of ListContainerInstances' filter: attribute and task
 * comparisons joined by `and`, `or`, `not` and parentheses (Amazon ECS developer guide, "Cluster query language").
 */
import { AppError } from './errors.ts';

export interface QuerySubject {
  /** Value of an attribute (`ecs.instance-type`), '' where it has none, undefined where it is absent. */
  attribute(name: string): string | undefined;
  /** Fields without a prefix: agentConnected, agentVersion, ec2InstanceId, registeredAt, runningTasksCount. */
  field(name: string): string | undefined;
  /** Families or groups of the tasks that run there. */
  taskGroups: readonly string[];
}

export type Predicate = (subject: QuerySubject) => boolean;

const TOKEN = /\s*(\(|\)|\[|\]|,|==|!=|=~|!~|!in\b|!exists\b|!|>=|<=|>|<|[^\s()[\],=!<>~]+)/y;
const WORD = /^[^\s()[\],=!<>~]+$/;
const MAX_DEPTH = 50;

/** Throws InvalidParameter where the expression cannot be read. */
export function parseClusterQuery(expression: string): Predicate {
  if (expression.length > 2000) throw invalid('it is longer than 2,000 characters');
  const reader = new TokenReader(tokens(expression));
  const predicate = either(reader, 0);
  if (reader.peek() !== undefined) throw invalid(`unexpected '${reader.peek()}'`);
  return predicate;
}

class TokenReader {
  private position = 0;
  private readonly items: string[];

  constructor(items: string[]) {
    this.items = items;
  }

  peek(): string | undefined {
    return this.items[this.position];
  }

  next(): string {
    const token = this.items[this.position++];
    if (token === undefined) throw invalid('it ends too early');
    return token;
  }

  /** A name or a value. */
  word(): string {
    const token = this.next();
    if (!WORD.test(token)) throw invalid(`unexpected '${token}'`);
    return token;
  }

  /** Consumes the word (or its sign) where it comes next. */
  takes(...words: string[]): boolean {
    if (!words.includes(this.peek()?.toLowerCase() ?? '')) return false;
    this.position++;
    return true;
  }
}

function tokens(expression: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  const text = expression.trim();
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) throw invalid('it holds a character that has no meaning there');
    found.push(match[1]!);
  }
  return found;
}

function either(reader: TokenReader, depth: number): Predicate {
  const parts = [both(reader, depth)];
  while (reader.takes('or', '||')) parts.push(both(reader, depth));
  return (subject) => parts.some((part) => part(subject));
}

function both(reader: TokenReader, depth: number): Predicate {
  const parts = [single(reader, depth)];
  while (reader.takes('and', '&&')) parts.push(single(reader, depth));
  return (subject) => parts.every((part) => part(subject));
}

function single(reader: TokenReader, depth: number): Predicate {
  if (depth > MAX_DEPTH) throw invalid('it is nested too deeply');
  if (reader.takes('not', '!')) {
    const inner = single(reader, depth + 1);
    return (subject) => !inner(subject);
  }
  if (reader.takes('(')) {
    const inner = either(reader, depth + 1);
    if (!reader.takes(')')) throw invalid("a ')' is missing");
    return inner;
  }
  return comparison(reader);
}

function comparison(reader: TokenReader): Predicate {
  const name = reader.word();
  if (reader.takes('exists')) return (subject) => values(subject, name).length > 0;
  if (reader.takes('!exists', 'not_exists')) return (subject) => values(subject, name).length === 0;
  const operator = reader.next().toLowerCase();
  if (operator === 'in' || operator === 'not_in' || operator === '!in') {
    const options = list(reader);
    const wanted = operator === 'in';
    return (subject) => values(subject, name).some((value) => options.includes(value)) === wanted;
  }
  return compare(name, operator, reader.word());
}

function compare(name: string, operator: string, expected: string): Predicate {
  const any = (test: (value: string) => boolean) => (subject: QuerySubject) =>
    values(subject, name).some(test);
  const none = (test: (value: string) => boolean) => (subject: QuerySubject) =>
    !values(subject, name).some(test);
  switch (operator) {
    case '==':
    case 'equals':
      return any((value) => value === expected);
    case '!=':
    case 'not_equals':
      return none((value) => value === expected);
    case '=~':
    case 'matches':
      return any(globbing(expected));
    case '!~':
    case 'not_matches':
      return none(globbing(expected));
    case '>':
    case 'greater_than':
      return any((value) => order(value, expected) > 0);
    case '>=':
    case 'greater_than_equal':
      return any((value) => order(value, expected) >= 0);
    case '<':
    case 'less_than':
      return any((value) => order(value, expected) < 0);
    case '<=':
    case 'less_than_equal':
      return any((value) => order(value, expected) <= 0);
    default:
      throw invalid(`'${operator.slice(0, 40)}' is not an operator`);
  }
}

/** AWS takes Java patterns; only `.*` and `*` wildcards are taken here, so that no expression can run for long. */
function globbing(pattern: string): (value: string) => boolean {
  const parts = pattern.replaceAll('.*', '*').split('*');
  return (value) => {
    if (parts.length === 1) return value === parts[0];
    if (!value.startsWith(parts[0]!)) return false;
    let position = parts[0]!.length;
    for (const part of parts.slice(1, -1)) {
      const found = value.indexOf(part, position);
      if (found < 0) return false;
      position = found + part.length;
    }
    const last = parts.at(-1)!;
    return value.length - position >= last.length && value.endsWith(last);
  };
}

function order(value: string, expected: string): number {
  const [a, b] = [Number(value), Number(expected)];
  return Number.isNaN(a) || Number.isNaN(b) ? value.localeCompare(expected) : a - b;
}

function list(reader: TokenReader): string[] {
  if (!reader.takes('[')) throw invalid("'in' needs a list as in [a, b]");
  const found = [reader.word()];
  while (reader.takes(',')) found.push(reader.word());
  if (!reader.takes(']')) throw invalid("a ']' is missing");
  return found;
}

function values(subject: QuerySubject, name: string): readonly string[] {
  if (name.startsWith('attribute:')) return present(subject.attribute(name.slice('attribute:'.length)));
  if (name === 'task:group') return subject.taskGroups;
  return present(subject.field(name));
}

function present(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

function invalid(why: string): AppError {
  return new AppError('InvalidParameter', `Invalid expression: ${why}.`);
}
