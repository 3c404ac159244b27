/**
 * One text for JSON values that are equal: members sorted by their names' UTF-16 units, no spaces, numbers as
 * JavaScript writes them (RFC 8785). Values come from JSON, so there are no cycles and nothing undefined.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value as Record<string, unknown>)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Beyond this many characters sorting takes so long that everybody else waits for it. */
const longestSorted = 16 * 1024;

/**
 * One text for values that a key is to tell apart: canonical, or, of a large one, as it came. Equal texts are equal
 * values; large values that differ only in the order of their members have two.
 */
export function keyText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > longestSorted ? text : canonicalJson(value);
}
