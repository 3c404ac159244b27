/** Tag rules (Amazon ECS API, Tag; developer guide, "Tag restrictions"). */
import { AppError } from './errors.ts';
import type { Tag } from './ecs-model.ts';

const MAX_TAGS = 50;
const ALLOWED = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

/** Throws InvalidParameter on the first tag that breaks a rule. Returns clean `{key, value}` pairs. */
export function checkedTags(tags: readonly Tag[] | undefined): Tag[] {
  const seen = new Set<string>();
  return (tags ?? []).map((tag) => {
    const key = tag.key ?? '';
    const value = tag.value ?? '';
    if (key.length < 1 || key.length > 128) throw invalid('A tag key must have 1 to 128 characters.');
    if (value.length > 256) throw invalid(`The value of tag '${key}' must have at most 256 characters.`);
    if (!ALLOWED.test(key) || !ALLOWED.test(value)) {
      throw invalid(`Tag '${key}' may use letters, numbers, spaces and _ . : / = + - @ only.`);
    }
    if (/^aws:/i.test(key)) throw invalid(`Tag key '${key}' uses the reserved prefix 'aws:'.`);
    if (seen.has(key)) throw invalid(`Duplicate tag key '${key}'.`);
    seen.add(key);
    checkCount(seen.size);
    return { key, value };
  });
}

/** `added` wins over `current` where keys meet. */
export function mergeTags(current: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map<string, Tag>();
  for (const tag of [...current, ...added]) merged.set(tag.key!, tag);
  checkCount(merged.size);
  return [...merged.values()];
}

export function withoutTags(current: readonly Tag[], keys: readonly string[]): Tag[] {
  return current.filter((tag) => !keys.includes(tag.key!));
}

function checkCount(count: number): void {
  if (count > MAX_TAGS) throw invalid(`The maximum number of tags per resource is ${MAX_TAGS}.`);
}

function invalid(message: string): AppError {
  return new AppError('InvalidParameter', message);
}
