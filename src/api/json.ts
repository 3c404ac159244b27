/**
 * JSON of requests. Nothing here nests deeper than a dozen levels; what does is refused before anything can recurse
 * over it. Of a key given twice the last counts, as JSON.parse has it, for every reader behind this one.
 */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { Refusal } from './refusal.ts';

export const maxJsonDepth = 200;

/**
 * The body parser of the REST faces, which every plugin inherits that does not bring its own: `application/json` and
 * nothing else (415). A `__proto__` or `constructor.prototype` in it is refused: no later copy can be led astray.
 *
 * `emptyIsAbsent`: clients that name the type on every request also do where they send nothing.
 */
export function readJsonBodies(app: FastifyInstance, { emptyIsAbsent = false } = {}): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (emptyIsAbsent && body.length === 0) return done(null, undefined);
    // Read in spite of it, texts that differ would become the same.
    if (!isUtf8(body)) return done(new Refusal(400, 'InvalidJson', 'The JSON is not in UTF-8.'));
    const text = body.toString();
    if (!isTooDeep(text)) return parse(request, text, done);
    done(new Refusal(400, 'InvalidJson', `The JSON is nested deeper than ${maxJsonDepth} levels.`));
  });
}

/** Whether brackets outside strings nest deeper than `maxJsonDepth`. */
export function isTooDeep(text: string): boolean {
  // A body too short for that many brackets, which is nearly every one, needs no count.
  return text.length > maxJsonDepth && exceeds(text, maxJsonDepth);
}

function exceeds(text: string, most: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > most) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return false;
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
