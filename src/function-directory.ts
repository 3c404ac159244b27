/**
 * A function as a directory: `function.json` (what POST /api/v1/functions takes, without the code) and the source
 * files beside it.
 */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export interface FunctionDirectory {
  /** `language_title` of function.json, else the directory's name. */
  languageTitle: string;
  /** The rest of function.json, with `files` and, where some are no text, `base64`. */
  definition: Record<string, unknown>;
}

const descriptor = 'function.json';
const ignored = new Set(['node_modules', '__pycache__', 'target']);
const maxFiles = 200;

/** Throws with the path and what is wrong. */
export function readFunctionDirectory(directory: string): FunctionDirectory {
  const path = join(directory, descriptor);
  const { language_title: named, ...definition } = readDescriptor(path);
  const languageTitle = typeof named === 'string' ? named : basename(resolve(directory));
  const files: Record<string, string> = {};
  const base64: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = file.slice(join(directory, '/').length);
    const isHidden = name.split('/').some((part) => part.startsWith('.') || ignored.has(part));
    if (!entry.isFile() || name === descriptor || isHidden) continue;
    const content = readFileSync(file);
    if (!isUtf8(content)) base64.push(name);
    files[name] = content.toString(isUtf8(content) ? 'utf8' : 'base64');
    if (Object.keys(files).length > maxFiles) throw new Error(`${directory} has more than ${maxFiles} files`);
  }
  if (Object.keys(files).length === 0)
    throw new Error(`${directory} has no source file beside ${descriptor}`);
  return { languageTitle, definition: { ...definition, files, ...(base64.length > 0 && { base64 }) } };
}

function readDescriptor(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Error(`${path}: ${(error as Error).message}`);
    throw new Error(
      `there is no ${path}: it holds the function's description, schema and examples; {} will do`,
    );
  }
}
