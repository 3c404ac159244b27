/**
 * Regular expressions in time that grows with the text and no faster (Thompson's construction, as in Cox, "Regular
 * Expression Matching Can Be Simple And Fast"): patterns come from users, and with a backtracking one a few dozen
 * characters can stop the whole server.
 */
import { readPattern, type PatternNode } from './pattern-syntax.ts';

/** What may still be spent: each look at a character or a state takes one. */
export interface Steps {
  left: number;
}

export class TooManySteps extends Error {
  constructor() {
    super('takes too long to check');
    this.name = 'TooManySteps';
  }
}

export interface LinearPattern {
  /** Throws `TooManySteps`. */
  test(text: string): boolean;
  toString(): string;
}

const maxSource = 1000;
const maxStates = 2000;
/** Looks at a part while a pattern is built. Nested repeats of nothing, such as `((){2000}){2000}`, make no states. */
const maxEmits = 20_000;

type State =
  | { does: 'read'; matches: (character: string) => boolean }
  | { does: 'assert'; holds: 'start' | 'end' | 'boundary' | 'inside' }
  | { does: 'split'; to: number; other: number }
  | { does: 'jump'; to: number }
  | { does: 'accept' };

/** Throws `SyntaxError` with what is wrong or too much of it. */
export function linearPattern(source: string, steps: Steps): LinearPattern {
  if (source.length > maxSource) throw new SyntaxError(`a pattern may have ${maxSource} characters`);
  const states: State[] = [];
  emit(readPattern(source), states, { left: maxEmits });
  states.push({ does: 'accept' });
  return { test: (text) => matches(states, text, steps), toString: () => `linear:${source}` };
}

function emit(node: PatternNode, states: State[], emits: Steps): void {
  if (--emits.left < 0 || states.length > maxStates) throw new SyntaxError('the pattern repeats too much');
  switch (node.kind) {
    case 'character':
      states.push({ does: 'read', matches: node.matches });
      break;
    case 'assertion':
      states.push({ does: 'assert', holds: node.holds });
      break;
    case 'sequence':
      for (const part of node.parts) emit(part, states, emits);
      break;
    case 'choice':
      emitChoice(node.options, states, emits);
      break;
    case 'repeat':
      emitRepeat(node, states, emits);
  }
}

function emitChoice(options: PatternNode[], states: State[], emits: Steps): void {
  const ends: { does: 'jump'; to: number }[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) emit(option, states, emits);
    else {
      const split = { does: 'split' as const, to: states.length + 1, other: 0 };
      const end = { does: 'jump' as const, to: 0 };
      states.push(split);
      emit(option, states, emits);
      states.push(end);
      ends.push(end);
      split.other = states.length;
    }
  }
  for (const end of ends) end.to = states.length;
}

function emitRepeat(
  { node, least, most }: PatternNode & { kind: 'repeat' },
  states: State[],
  emits: Steps,
): void {
  if (least > maxStates || (most ?? 0) > maxStates) throw new SyntaxError('the pattern repeats too much');
  for (let i = 0; i < least; i++) emit(node, states, emits);
  const optional = most === undefined ? 1 : most - least;
  for (let i = 0; i < optional; i++) {
    const at = states.length;
    const split = { does: 'split' as const, to: at + 1, other: 0 };
    states.push(split);
    emit(node, states, emits);
    if (most === undefined) states.push({ does: 'jump', to: at });
    split.other = states.length;
  }
}

/** All states that the text so far allows, moved along one character at a time. */
function matches(states: readonly State[], text: string, steps: Steps): boolean {
  const seen = new Uint32Array(states.length);
  let generation = 0;
  let reading: number[] = [];
  let before = '';
  /** Whether the pattern has matched. */
  const enter = (from: number, after: string, into: number[]): boolean => {
    const open = [from];
    while (open.length > 0) {
      const at = open.pop()!;
      if (seen[at] === generation) continue;
      seen[at] = generation;
      if (--steps.left < 0) throw new TooManySteps();
      const state = states[at]!;
      if (state.does === 'accept') return true;
      if (state.does === 'read') into.push(at);
      else if (state.does === 'assert') {
        if (holds(state.holds, before, after)) open.push(at + 1);
      } else {
        open.push(state.to);
        if (state.does === 'split') open.push(state.other);
      }
    }
    return false;
  };
  generation++;
  if (enter(0, first(text, 0), reading)) return true;
  for (let at = 0; at < text.length;) {
    const character = first(text, at);
    at += character.length;
    const after = first(text, at);
    const next: number[] = [];
    before = character;
    generation++;
    steps.left -= reading.length;
    for (const from of reading) {
      const state = states[from] as State & { does: 'read' };
      if (state.matches(character) && enter(from + 1, after, next)) return true;
    }
    if (enter(0, after, next)) return true; // a match may begin anywhere
    reading = next;
  }
  return false;
}

/** The character at an index, or '' behind the last one. */
function first(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : code < 0x10000 ? text[at]! : text.slice(at, at + 2);
}

function holds(what: (State & { does: 'assert' })['holds'], before: string, after: string): boolean {
  if (what === 'start') return before === '';
  if (what === 'end') return after === '';
  const atBoundary = isWord(before) !== isWord(after);
  return what === 'boundary' ? atBoundary : !atBoundary;
}

const isWord = (character: string): boolean => /^\w$/.test(character);
