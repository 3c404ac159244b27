/** Image references as Docker reads them (github.com/distribution/reference, normalised form). */
import { EngineError } from '../../../core/errors.ts';

export interface ImageReference {
  /** `docker.io` where none was written. */
  registry: string;
  /** `library/busybox` for `busybox`. */
  repository: string;
  tag: string;
  digest?: string;
}

export const hub = 'docker.io';

const repositoryPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const repositoryForm = new RegExp(`^${repositoryPart}(?:/${repositoryPart})*$`);
const tagForm = /^[\w][\w.-]{0,127}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;
const registryForm = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;

/** Throws CannotPullContainerError saying which part is wrong. */
export function parseReference(text: string): ImageReference {
  const refuse = (why: string): never => {
    const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
    throw new EngineError('CannotPullContainerError', `invalid image reference "${shown}": ${why}`);
  };
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0) refuse('more than one @');
  if (digest !== undefined && !digestForm.test(digest)) {
    refuse('a digest is sha256: and 64 hexadecimal digits in lower case');
  }
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const registry = hasRegistry ? first : hub;
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  if (!registryForm.test(registry)) refuse(`"${registry}" is not a registry's host and port`);
  if (path.length > 255) refuse('the repository name is longer than 255 characters');
  if (!repositoryForm.test(path))
    refuse('a repository name has lower-case letters, digits and separators . _ - /');
  if (!tagForm.test(tag)) refuse('a tag has up to 128 letters, digits, dots, dashes and underscores');
  const onHub = registry === hub || registry === 'index.docker.io';
  return {
    registry: onHub ? hub : registry,
    repository: onHub && !path.includes('/') ? `library/${path}` : path,
    tag,
    ...(digest !== undefined && { digest }),
  };
}

/** The name without tag and digest: what RepoDigests are written with, in full. */
export const nameOf = ({ registry, repository }: ImageReference) => `${registry}/${repository}`;

/** As an engine shows it: Docker leaves `docker.io/library/` out. */
export function familiarName(reference: ImageReference): string {
  if (reference.registry !== hub) return nameOf(reference);
  return reference.repository.replace(/^library\//, '');
}
