/**
 * Writes an answer as JSON by the model: only members the model knows, absent ones left out, timestamps as epoch
 * seconds with milliseconds. Records are never changed in place, so the JSON of the resources that stand directly in
 * an answer (a Task, a Cluster, a TaskDefinition ...) is kept for as long as the object lives, and an answer that
 * repeats them is little more than a concatenation.
 */
import type { Model, Shape } from './model.ts';

/** `nullToken`: an exhausted list says `"nextToken": null` instead of leaving the member out. */
export type Serialise = (output: object, nullToken: boolean) => string;

/** Copies what the model knows of a value. Undefined where the value needs no copy. */
type Pick = ((value: unknown) => unknown) | undefined;
type Write = (value: unknown) => string;

export function compileSerialiser(model: Model, structure: string): Serialise {
  const pickers = new Pickers(model);
  const members = model.members(structure).map(({ name, shape }) => ({
    name,
    key: `${JSON.stringify(name)}:`,
    write: writer(pickers, shape),
  }));
  return (output, nullToken) => {
    const from = output as Record<string, unknown>;
    let json = '';
    for (const { name, key, write } of members) {
      const value = from[name];
      if (value !== undefined && value !== null) json += (json === '' ? '' : ',') + key + write(value);
      else if (nullToken && name === 'nextToken') json += (json === '' ? '' : ',') + key + 'null';
    }
    return `{${json}}`;
  };
}

function writer(pickers: Pickers, shape: Shape): Write {
  if (shape.kind === 'structure') return keeping(pickers.structure(shape.name));
  if (shape.kind === 'list' && shape.element.kind === 'structure') {
    const write = keeping(pickers.structure(shape.element.name));
    return (value) => {
      const list = value as unknown[];
      let json = '[';
      for (let i = 0; i < list.length; i++) json += (i === 0 ? '' : ',') + write(list[i]);
      return json + ']';
    };
  }
  const pick = pickers.shape(shape);
  return (value) => JSON.stringify(pick ? pick(value) : value);
}

/** One memory per use of a structure, so that the same object may stand for two structures. */
function keeping(pick: (value: unknown) => unknown): Write {
  const kept = new WeakMap<object, string>();
  return (value) => {
    const known = kept.get(value as object);
    if (known !== undefined) return known;
    const json = JSON.stringify(pick(value));
    kept.set(value as object, json);
    return json;
  };
}

class Pickers {
  private readonly model: Model;
  private readonly structures = new Map<string, (value: unknown) => unknown>();

  constructor(model: Model) {
    this.model = model;
  }

  structure(name: string): (value: unknown) => unknown {
    const known = this.structures.get(name);
    if (known) return known;
    const members: { name: string; pick: Pick }[] = [];
    const pick = (value: unknown): unknown => {
      const from = value as Record<string, unknown>;
      const copy: Record<string, unknown> = {};
      for (const member of members) {
        const each = from[member.name];
        if (each !== undefined && each !== null) copy[member.name] = member.pick ? member.pick(each) : each;
      }
      return copy;
    };
    this.structures.set(name, pick);
    for (const member of this.model.members(name)) {
      members.push({ name: member.name, pick: this.shape(member.shape) });
    }
    return pick;
  }

  shape(shape: Shape): Pick {
    switch (shape.kind) {
      case 'structure':
        return this.structure(shape.name);
      case 'list': {
        const pick = this.shape(shape.element);
        return pick && ((value) => (value as unknown[]).map(pick));
      }
      case 'map': {
        const pick = this.shape(shape.value);
        return pick && ((value) => pickMap(value as object, pick));
      }
      case 'timestamp':
        return (value) => Math.round((value as number) * 1000) / 1000;
      default:
        return undefined;
    }
  }
}

function pickMap(map: object, pick: (value: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, pick(value)]));
}
