/** Where wheels are: an index that speaks the simple API (PEP 503 and 691), or a directory of them. */
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PackageOrigin } from '../package-origin.ts';

export interface WheelFile {
  /** Its file's name. */
  name: string;
  /** Hexadecimal, where the index tells. */
  sha256?: string;
  /** Into a file; answers with the SHA-256 it has in hexadecimal. */
  fetch(file: string, signal: AbortSignal): Promise<string>;
}

export interface PackageIndex {
  /** For whoever published the function: no path of this machine. */
  readonly place: string;
  /** Wheels of a package; `name` is normalised. */
  wheels(name: string, signal: AbortSignal): Promise<WheelFile[]>;
}

const MIB = 1 << 20;
const pageBytes = 32 * MIB;
const accept =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';
/** The index of most has its files elsewhere. */
const elsewhere: Readonly<Record<string, string>> = { 'https://pypi.org': 'https://files.pythonhosted.org' };

export function packageIndex(place: string, downloadBytes: number): PackageIndex {
  return place.startsWith('/') ? directoryIndex(place, downloadBytes) : simpleIndex(place, downloadBytes);
}

function directoryIndex(place: string, downloadBytes: number): PackageIndex {
  const fetch = (source: string) => async (file: string) => {
    if ((await stat(source)).size > downloadBytes) throw new Error(`it has more than ${downloadBytes} bytes`);
    await copyFile(source, file);
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  };
  return {
    place: 'the directory of --pip-index',
    wheels: async () =>
      (await readdir(place))
        .filter((name) => name.endsWith('.whl'))
        .map((name) => ({ name, fetch: fetch(join(place, name)) })),
  };
}

function simpleIndex(place: string, downloadBytes: number): PackageIndex {
  // What the index links to is below its own site; its pages are the operator's word, not the function's author's.
  const { origin: site } = new URL(place);
  const other = elsewhere[site];
  const origin = new PackageOrigin(place, other === undefined ? [site] : [site, other]);
  return {
    place,
    async wheels(name, signal) {
      const page = new URL(`${name}/`, origin.base);
      const links = readPage(await origin.page(page, accept, pageBytes, signal));
      return links.flatMap(({ href, sha256 }) => {
        const url = URL.canParse(href, page.href) ? new URL(href, page) : undefined;
        const file = decodeURIComponent(url?.pathname.split('/').pop() ?? '');
        if (url === undefined || !file.endsWith('.whl')) return [];
        url.hash = '';
        const limits = { bytes: downloadBytes, algorithm: 'sha256' };
        const fetch = async (target: string, stop: AbortSignal) =>
          (await origin.download(url, target, limits, stop)).toString('hex');
        return [{ name: file, ...(sha256 !== undefined && { sha256 }), fetch }];
      });
    },
  };
}

interface Link {
  href: string;
  sha256?: string;
}

/** Of both forms that the API has: JSON, or a page of anchors. */
function readPage(text: string): Link[] {
  if (text.trimStart().startsWith('{')) {
    const { files = [] } = JSON.parse(text) as { files?: { url?: unknown; hashes?: { sha256?: unknown } }[] };
    return files.flatMap(({ url, hashes }) =>
      typeof url === 'string'
        ? [link(url, typeof hashes?.sha256 === 'string' ? hashes.sha256 : undefined)]
        : [],
    );
  }
  return [...text.matchAll(/<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, double, single]) => {
    const href = (double ?? single ?? '').replaceAll('&amp;', '&');
    return link(href, /#sha256=([0-9a-f]{64})\b/.exec(href)?.[1]);
  });
}

const link = (href: string, sha256: string | undefined): Link => ({
  href,
  ...(sha256 !== undefined && { sha256 }),
});
