/** Reads the JSON of a request's body. */
import { EcsError } from './errors.ts';

/** No ECS request nests deeper than a dozen levels; what does is refused before anything can recurse over it. */
const maxDepth = 200;

/** An absent body is an empty request. Throws SerializationException for what is no JSON, or too deep. */
export function parseBody(text: string): unknown {
  if (text === '') return {};
  // A body too short for that many brackets, which is nearly every one, needs no count.
  if (text.length > maxDepth && depthOf(text) > maxDepth) {
    throw new EcsError('SerializationException', 400, `The JSON is nested deeper than ${maxDepth} levels.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new EcsError('SerializationException', 400, 'The request body is not valid JSON.');
  }
}

/** The deepest nesting of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return deepest;
}

/** The index of the quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++; // a backslash: the next character is not the end
  }
  return text.length;
}
