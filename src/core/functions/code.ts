/** The code of a function as it is sent: one source, or several files. */
import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { FunctionCode } from '../ports/runtime.ts';
import { canonicalJson } from './canonical-json.ts';

export interface CodeRequest {
  /** One source, in place of `files`. */
  source?: string | undefined;
  /** Path to content. */
  files?: Readonly<Record<string, string>> | undefined;
  /** Those of `files` whose content is in base64. */
  base64?: readonly string[] | undefined;
  /** The file with the handler; absent: the language's usual name, or the only file. */
  entry?: string | undefined;
}

const maxFiles = 200;
const maxBytes = 900 * 1024;
const relativePath = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/** `sourceFile`: what the language calls code that comes as one source. Throws `InvalidParameter`. */
export function codeOf(language: string, sourceFile: string, request: CodeRequest): FunctionCode {
  const { source } = request;
  if ((source === undefined) === (request.files === undefined))
    throw invalid('source', 'give the code either as source or as files.');
  const files = source === undefined ? checkedFiles(request.files!) : { [sourceFile]: source };
  const names = Object.keys(files);
  const entry = request.entry ?? (names.length === 1 ? names[0]! : sourceFile);
  if (!Object.hasOwn(files, entry)) {
    throw invalid('entry', `there is no file '${entry.slice(0, 200)}'; name the one with the handler.`);
  }
  const bytes = Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  if (bytes > maxBytes)
    throw invalid('files', `a function may have ${maxBytes} bytes of code; it has ${bytes}.`);
  const base64 = checkedBase64(request.base64 ?? [], files);
  const inBase64 = base64.length > 0 && { base64 };
  return { digest: digestOf({ language, files, entry, ...inBase64 }), files, entry, ...inBase64 };
}

/** In one order, each once. */
function checkedBase64(names: readonly string[], files: Readonly<Record<string, string>>): string[] {
  for (const name of names) {
    const content = Object.hasOwn(files, name) ? files[name]! : undefined;
    if (content === undefined) throw invalid('base64', `there is no file '${name.slice(0, 200)}'.`);
    if (Buffer.from(content, 'base64').toString('base64') !== content)
      throw invalid('base64', `the content of '${name}' is not in base64.`);
  }
  return [...new Set(names)].sort();
}

function checkedFiles(files: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(files);
  if (names.length === 0 || names.length > maxFiles) throw invalid('files', `give 1 to ${maxFiles} files.`);
  for (const name of names) {
    if (name.length <= 200 && relativePath.test(name)) continue;
    throw invalid(
      'files',
      `'${name.slice(0, 100)}' is no path that a function may have: relative, with '/', without '..', of letters, ` +
        "digits, '.', '_' and '-'.",
    );
  }
  return { ...files };
}

/** Of JSON values, whatever the order of their members: `sha256:` and hexadecimal. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}

function invalid(field: string, message: string): AppError {
  return new AppError('InvalidParameter', `${field}: ${message}`, { field });
}
