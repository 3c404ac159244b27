/**
 * The machine-readable description of the ECS API: spec/ecs/model.json, completed by spec/ecs/patches.json. The
 * notation of both is explained in spec/ecs/README.md.
 */
import { readFileSync } from 'node:fs';

export type ScalarKind = 'string' | 'integer' | 'boolean' | 'timestamp' | 'document';

/** The type of a member, parsed from its notation. */
export type Shape =
  | { kind: ScalarKind }
  | { kind: 'enum'; name: string; values: readonly string[] }
  | { kind: 'structure'; name: string }
  | { kind: 'list'; element: Shape }
  | { kind: 'map'; value: Shape };

/** What the SDK package does not say about a member. */
export interface Facts {
  /** Of a string its length, of a list its size, of a number its value; inclusive. */
  min?: number;
  max?: number;
  /** The whole string must match. */
  pattern?: string;
  /** Only these of the enum's values are accepted here. */
  enum?: readonly string[];
  /** `integer` (32 bit) where nothing is said. */
  number?: 'long' | 'double';
  /** What AWS answers where the required member is absent. */
  missing?: { type: string; message: string };
  /** What AWS answers where the value is not one of the enum's; `{values}` stands for these. */
  invalid?: string;
}

export interface Member {
  name: string;
  shape: Shape;
  required: boolean;
  facts: Facts;
  /** Of the elements of a list. */
  elementFacts: Facts;
}

export interface Model {
  targetPrefix: string;
  operations: ReadonlyMap<string, { input: string; output: string }>;
  /** The members of a structure. */
  members(structure: string): readonly Member[];
}

interface ModelFile {
  targetPrefix: string;
  operations: Record<string, { input: string; output: string }>;
  enums: Record<string, readonly string[]>;
  structures: Record<string, Record<string, string>>;
}

const scalars: ReadonlySet<string> = new Set<ScalarKind>([
  'string',
  'integer',
  'boolean',
  'timestamp',
  'document',
]);

/** Reads the model; throws where a name in it leads nowhere. */
export function loadModel(): Model {
  const file = readSpec('model.json') as ModelFile;
  const patches = readSpec('patches.json') as Record<string, Facts>;

  const parse = (notation: string): Shape => {
    if (notation.startsWith('[')) return { kind: 'list', element: parse(notation.slice(1, -1)) };
    if (notation.startsWith('{')) return { kind: 'map', value: parse(notation.slice(1, -1)) };
    if (scalars.has(notation)) return { kind: notation as ScalarKind };
    const values = file.enums[notation];
    if (values) return { kind: 'enum', name: notation, values };
    if (file.structures[notation]) return { kind: 'structure', name: notation };
    throw new Error(`spec/ecs/model.json: the type ${notation} is not defined`);
  };

  const parsed = new Map<string, Member[]>();
  return {
    targetPrefix: file.targetPrefix,
    operations: new Map(Object.entries(file.operations)),
    members(structure) {
      const known = parsed.get(structure);
      if (known) return known;
      const members = Object.entries(file.structures[structure] ?? {}).map(([name, notation]) => ({
        name,
        shape: parse(notation.replace(/!$/, '')),
        required: notation.endsWith('!'),
        facts: patches[`${structure}.${name}`] ?? {},
        elementFacts: patches[`${structure}.${name}[]`] ?? {},
      }));
      parsed.set(structure, members);
      return members;
    },
  };
}

/** The same relative path leads there from src/api/ecs and from dist/api/ecs. */
function readSpec(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../spec/ecs/${file}`, import.meta.url), 'utf8'));
}
