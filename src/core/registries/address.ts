/** What a registry is called in references of images: `docker.io`, or its host with a port where it has one. */

/** What people and Docker's own files call Docker Hub. */
const hubNames = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
  'https://index.docker.io/v1/',
]);

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const hostForm = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-f:]{2,39}\\])(?::([0-9]{1,5}))?$`);

/**
 * In lower case. Undefined for what is none: a URL, a path, a user, or a bare name, which references take for a part
 * of a repository's name on Docker Hub.
 */
export function registryAddress(text: string): string | undefined {
  const address = text.toLowerCase();
  if (hubNames.has(address)) return 'docker.io';
  const form = hostForm.exec(address);
  if (form === null || address.length > 255) return undefined;
  const port = form[1] === undefined ? 443 : Number(form[1]);
  const isName = /[.:]/.test(address) || address === 'localhost';
  return isName && port >= 1 && port <= 65_535 ? address : undefined;
}
