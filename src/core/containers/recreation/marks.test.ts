import { expect, it } from 'vitest';
import {
  backName,
  formerName,
  markOf,
  marksLabel,
  nextName,
  outcomeOf,
  restoredName,
  type Mark,
} from './marks.ts';

const mark: Mark = { server: 'me', original: 'a'.repeat(64), name: 'web', ran: true };
const runs = (name: string) => ({ name, running: true });
const ended = (name: string) => ({ name, running: false });
const next = nextName(mark);
const former = formerName(mark);

it('reads what it wrote, and nothing else', () => {
  expect(markOf(marksLabel(mark))).toEqual(mark);
  expect(markOf({})).toBeUndefined();
  expect(markOf({ 'longshore.recreates': '{' })).toBeUndefined();
  expect(markOf({ 'longshore.recreates': '{"original":1}' })).toBeUndefined();
});

it('brings the original back until it gave up its name', () => {
  expect(outcomeOf(mark, runs('web'), ended(next))).toBe('back');
  expect(outcomeOf(mark, ended('web'), runs(next))).toBe('back');
  expect(outcomeOf(mark, ended(backName(mark)), ended(next))).toBe('back');
  // Somebody else named it meanwhile: it is theirs.
  expect(outcomeOf(mark, runs('other'), runs(next))).toBe('back');
});

it('keeps the replacement from then on, where it still runs', () => {
  expect(outcomeOf(mark, runs(former), runs(next))).toBe('forward');
  expect(outcomeOf(mark, ended(former), runs('web'))).toBe('forward');
  expect(outcomeOf({ ...mark, ran: false }, ended(former), ended(next))).toBe('forward');
});

it('brings the original back where the replacement ended meanwhile', () => {
  expect(outcomeOf(mark, ended(former), ended(next))).toBe('back');
  expect(outcomeOf(mark, ended(former), ended('web'))).toBe('back');
});

it('is over once the original is gone', () => {
  expect(outcomeOf(mark, undefined, ended('web'))).toBe('nothing');
  expect(outcomeOf(mark, undefined, ended('renamed'))).toBe('nothing');
  expect(outcomeOf(mark, undefined, runs(next))).toBe('take-name');
});

it('knows an original that is to run again by its name', () => {
  expect(restoredName({ id: mark.original, name: backName(mark) })).toBe('web');
  expect(restoredName({ id: 'b'.repeat(64), name: backName(mark) })).toBeUndefined();
  expect(restoredName({ id: mark.original, name: 'web' })).toBeUndefined();
});
