/** How a registry asks for credentials: the header WWW-Authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */

export type Challenge =
  | { scheme: 'basic' }
  /** `realm`: the URL of the server that gives tokens. */
  | { scheme: 'bearer'; realm: string; service?: string; scope?: string };

/** The one to answer: tokens before passwords. Undefined where there is none that we can. */
export function readChallenge(header: string | undefined): Challenge | undefined {
  const found = schemesOf(header ?? '');
  const bearer = found.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const realm = bearer?.get('realm');
  if (realm !== undefined) {
    const [service, scope] = [bearer?.get('service'), bearer?.get('scope')];
    return {
      scheme: 'bearer',
      realm,
      ...(service !== undefined && { service }),
      ...(scope !== undefined && { scope }),
    };
  }
  return found.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

interface Scheme {
  /** In lower case. */
  scheme: string;
  parameters: Map<string, string>;
}

/** A word; with `=`, a parameter of the scheme before it. */
const word =
  /[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+)))?/y;
const mostWords = 100;

function schemesOf(header: string): Scheme[] {
  const found: Scheme[] = [];
  word.lastIndex = 0;
  for (let count = 0; count < mostWords; count++) {
    const [, name, quoted, plain] = word.exec(header) ?? [];
    if (name === undefined) break;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else found.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return found;
}
