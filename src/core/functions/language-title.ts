/** `Language-Title`: what a function is called, such as `nodejs-calculator`, and a version of it behind a colon. */
import { AppError } from '../errors.ts';

export interface LanguageTitle {
  language: string;
  title: string;
  languageTitle: string;
}

export interface FunctionReference extends LanguageTitle {
  /** A version's number or the name of an alias. Absent: the current version. */
  qualifier?: string;
}

const wellFormed = /^([a-z][a-z0-9]{0,31})-([a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?)$/;
const aliasForm = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/;
const qualifierForm = /^(?:[1-9][0-9]{0,8}|[A-Za-z][A-Za-z0-9_-]{0,127})$/;

/** Throws `InvalidParameter`, naming `field`. */
export function readLanguageTitle(text: string, field: string): LanguageTitle {
  const [, language, title] = wellFormed.exec(text) ?? [];
  if (language !== undefined && title !== undefined) return { language, title, languageTitle: text };
  throw new AppError(
    'InvalidParameter',
    `${field}: '${text.slice(0, 100)}' is not <language>-<title>, such as nodejs-calculator: small letters, digits, ` +
      "'-' and '_', the title at most 64.",
    { field },
  );
}

/** `nodejs-calculator`, `nodejs-calculator:3` or `nodejs-calculator:stable`. Throws `InvalidParameter`. */
export function readReference(text: string, field: string): FunctionReference {
  const colon = text.indexOf(':');
  if (colon === -1) return readLanguageTitle(text, field);
  const qualifier = text.slice(colon + 1);
  if (!qualifierForm.test(qualifier)) {
    throw new AppError(
      'InvalidParameter',
      `${field}: after the colon comes the number of a version or an alias, not '${qualifier.slice(0, 100)}'.`,
      { field },
    );
  }
  return { ...readLanguageTitle(text.slice(0, colon), field), qualifier };
}

/** Throws `InvalidParameter`. */
export function checkedAlias(name: string): string {
  if (aliasForm.test(name) && name !== 'current') return name;
  throw new AppError(
    'InvalidParameter',
    `alias: '${name.slice(0, 100)}' must begin with a letter and hold at most 128 letters, digits, '-' and '_'; ` +
      "'current' is taken.",
    { field: 'alias' },
  );
}
