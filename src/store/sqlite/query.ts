import type { Query, Scalar, TableName } from '../../core/ports/store.ts';
import { tables } from '../tables.ts';

export interface Sql {
  text: string;
  parameters: Scalar[];
}

/** Above every character that can follow a prefix. */
const AFTER_ANY = '\u{10FFFF}';

/** The ids of the records the query asks for, in its order. Throws where it names a field that is not indexed. */
export function findIds(table: TableName, query: Query): Sql {
  const parameters: Scalar[] = [];
  const conditions: string[] = [];
  const bind = (value: Scalar) => (parameters.push(value), '?');

  for (const [field, value] of Object.entries(query.where ?? {})) {
    conditions.push(...equality(table, field, value, bind));
  }
  if (query.prefix !== undefined) {
    const column = columnOf(table, query.prefix.field);
    conditions.push(`${column} >= ${bind(query.prefix.value)}`);
    conditions.push(`${column} < ${bind(query.prefix.value + AFTER_ANY)}`);
  }
  if (query.below !== undefined) {
    conditions.push(`${columnOf(table, query.below.field)} < ${bind(query.below.value)}`);
  }
  const order = columnOf(table, query.orderBy ?? 'id');
  if (query.after !== undefined)
    conditions.push(`${order} ${query.descending ? '<' : '>'} ${bind(query.after)}`);

  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  // With a bound such as an expiry time, few rows match: sort those. The plus keeps SQLite from walking all the
  // others in the order asked for (https://www.sqlite.org/optoverview.html, "Disqualifying WHERE Clause Terms").
  const sorted = query.below === undefined ? order : `+${order}`;
  const direction = query.descending ? ' DESC' : '';
  const text = `SELECT "id" FROM "${table}"${where} ORDER BY ${sorted}${direction} LIMIT ${bind(query.limit)}`;
  return { text, parameters };
}

function equality(
  table: TableName,
  field: string,
  value: Scalar | readonly Scalar[],
  bind: (value: Scalar) => string,
): string[] {
  const column = columnOf(table, field);
  const values: readonly Scalar[] = typeof value === 'object' ? value : [value];
  if (values.length === 0) return ['0'];
  const condition =
    values.length === 1 ? `${column} = ${bind(values[0]!)}` : `${column} IN (${values.map(bind).join(', ')})`;
  const sparse = tables[table].sparse?.includes(field) && !values.includes('');
  return sparse ? [condition, `${column} <> ''`] : [condition];
}

function columnOf(table: TableName, field: string): string {
  if (field !== 'id' && !Object.hasOwn(tables[table].fields, field)) {
    const known = ['id', ...Object.keys(tables[table].fields)].join(', ');
    throw new Error(`${table} cannot be searched by '${field}'; it has ${known}.`);
  }
  return `"${field}"`;
}

/** The name and key under which the number of records with these values is kept. Throws where none is declared. */
export function counterOf(table: TableName, where: Record<string, Scalar>): { name: string; key: string } {
  const asked = Object.keys(where);
  const fields = tables[table].counters?.find(
    (counter) => counter.length === asked.length && counter.every((field) => Object.hasOwn(where, field)),
  );
  if (fields === undefined) throw new Error(`${table} are not counted by '${asked.join(', ')}'.`);
  return { name: counterName(table, fields), key: JSON.stringify(fields.map((field) => where[field])) };
}

export function counterName(table: TableName, fields: readonly string[]): string {
  return `${table}:${fields.join(',')}`;
}
