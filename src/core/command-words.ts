/**
 * The words of a line, which is split at blanks and in which quotes and backslashes keep words together as in a POSIX
 * shell. Nothing is expanded, for no shell is asked. Undefined where a quote stays open.
 */
export function commandWords(line: string): string[] | undefined {
  const found: string[] = [];
  const part = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gsy;
  let current: string | undefined;
  let end = 0;
  for (let match = part.exec(line); match; match = part.exec(line)) {
    end = part.lastIndex;
    const [all, single, double, escaped, plain] = match;
    const text = single ?? double?.replace(/\\(["\\$`\n])/gs, '$1') ?? escaped ?? plain;
    if (text !== undefined) current = (current ?? '') + text;
    else if (all !== '' && current !== undefined) {
      found.push(current);
      current = undefined;
    }
  }
  if (end !== line.length) return undefined;
  return current === undefined ? found : [...found, current];
}
