/** What the documents behind a reference say (OCI image specification; Docker's of version 2 have the same members). */

export type Manifest =
  | { kind: 'image'; config: string }
  | { kind: 'index'; manifests: { digest: string; os: string; architecture: string; variant: string }[] };

export interface Platform {
  os: string;
  architecture: string;
  /** Empty where the engine does not tell. */
  variant: string;
}

const digestForm = /^sha256:[0-9a-f]{64}$/;
const isDigest = (value: unknown): value is string => typeof value === 'string' && digestForm.test(value);

/** Undefined for what is neither, such as manifests of version 1. */
export function readManifest(bytes: Buffer): Manifest | undefined {
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const { manifests, config } = (content ?? {}) as { manifests?: unknown; config?: { digest?: unknown } };
  if (Array.isArray(manifests)) return { kind: 'index', manifests: manifests.flatMap(readEntry) };
  return isDigest(config?.digest) ? { kind: 'image', config: config.digest } : undefined;
}

function readEntry(entry: unknown): (Manifest & { kind: 'index' })['manifests'] {
  const { digest, platform } = (entry ?? {}) as {
    digest?: unknown;
    platform?: { os?: unknown; architecture?: unknown; variant?: unknown };
  };
  if (!isDigest(digest)) return [];
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const { os, architecture, variant } = platform ?? {};
  return [{ digest, os: text(os), architecture: text(architecture), variant: text(variant) }];
}

/** Digests of an index for a platform: of its variant where one is told and there, else of all variants. */
export function manifestsFor(
  { manifests }: Manifest & { kind: 'index' },
  { os, architecture, variant }: Platform,
): string[] {
  const fitting = manifests.filter((each) => each.os === os && each.architecture === architecture);
  const same = fitting.filter((each) => each.variant === variant);
  return (variant !== '' && same.length > 0 ? same : fitting).map(({ digest }) => digest);
}
