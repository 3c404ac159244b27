/**
 * Makes spec/ecs/model.json. Operations, structures, member types and required members come from the schemas that
 * the SDK package exports; those know an enum only as a string, so which member is which enum is read from the
 * package's type declarations, and its values from the enum objects. The notation is explained in
 * spec/ecs/README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as sdk from '@aws-sdk/client-ecs';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const packageRoot = dirname(dirname(require.resolve('@aws-sdk/client-ecs')));
const modelPath = join(import.meta.dirname, '../spec/ecs/model.json');

/** The kinds of schema in the package, by the number that each schema starts with. */
const kind = { simple: 0, list: 1, map: 2, structure: 3, union: 4, operation: 9 } as const;

/** Schemas of single values, by the package's number. */
const scalars: Record<number, string> = {
  0: 'string',
  1: 'integer',
  2: 'boolean',
  4: 'timestamp',
  15: 'document',
};
const listOf = 64;
const mapOf = 128;

type Schema = readonly unknown[];

export interface GeneratedModel {
  source: string;
  targetPrefix: string;
  operations: Record<string, { input: string; output: string }>;
  enums: Record<string, readonly string[]>;
  structures: Record<string, Record<string, string>>;
}

export function generateModel(): GeneratedModel {
  const enums = enumValues();
  const enumOf = enumMembers(new Set(Object.keys(enums)));
  const structures: GeneratedModel['structures'] = {};
  const usedEnums = new Set<string>();

  const typeOf = (schema: unknown, enumName: string | undefined): string => {
    if (typeof schema === 'function') return typeOf((schema as () => unknown)(), enumName);
    if (typeof schema === 'number') return scalarType(schema, enumName);
    if (!Array.isArray(schema)) throw new Error(`unknown schema ${JSON.stringify(schema)}`);
    const [head] = schema as Schema;
    // A pair of a schema and the traits of this one use of it.
    if (schema.length === 2) return typeOf(head, enumName);
    if (head === kind.list) return `[${typeOf(schema[4], enumName)}]`;
    if (head === kind.map) return `{${typeOf(schema[5], enumName)}}`;
    if (head === kind.structure || head === kind.union) return structure(schema);
    if (head === kind.simple) return typeOf(schema[4], enumName);
    throw new Error(`schema kind ${String(head)} is not known`);
  };

  const structure = (schema: Schema): string => {
    const name = schema[2] as string;
    if (structures[name]) return name;
    const members: Record<string, string> = (structures[name] = {});
    const names = schema[4] as string[];
    const types = schema[5] as unknown[];
    // Required members stand first; the schema says how many they are.
    const required = schema[0] === kind.structure ? ((schema[6] as number | undefined) ?? 0) : 0;
    names.forEach((member, index) => {
      const enumName = enumOf.get(`${name}.${member}`);
      if (enumName !== undefined) usedEnums.add(enumName);
      members[member] = typeOf(types[index], enumName) + (index < required ? '!' : '');
    });
    return name;
  };

  const operations: GeneratedModel['operations'] = {};
  for (const exported of Object.values(sdk) as unknown[]) {
    if (!Array.isArray(exported) || exported[0] !== kind.operation) continue;
    operations[exported[2] as string] = {
      input: typeOf(exported[4], undefined),
      output: typeOf(exported[5], undefined),
    };
  }
  const { name, version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return {
    source: `${name} ${version}`,
    targetPrefix: 'AmazonEC2ContainerServiceV20141113',
    operations: sorted(operations),
    enums: sorted(Object.fromEntries([...usedEnums].map((each) => [each, enums[each] ?? []]))),
    structures: sorted(structures),
  };
}

export function formatModel(model: GeneratedModel): string {
  return `${JSON.stringify(model, null, 1)}\n`;
}

function scalarType(schema: number, enumName: string | undefined): string {
  if (schema & mapOf) return `{${scalarType(schema & ~mapOf, enumName)}}`;
  if (schema & listOf) return `[${scalarType(schema & ~listOf, enumName)}]`;
  const name = scalars[schema];
  if (name === undefined) throw new Error(`scalar schema ${schema} is not known`);
  return name === 'string' ? (enumName ?? name) : name;
}

/** Every enum object of the package. They are the plain objects it exports whose values are all strings. */
function enumValues(): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  const declared = declarations('enums.d.ts');
  ts.forEachChild(declared, (node) => {
    if (!ts.isTypeAliasDeclaration(node)) return;
    const values = (sdk as Record<string, unknown>)[node.name.text];
    if (typeof values === 'object' && values !== null)
      found[node.name.text] = Object.values(values) as string[];
  });
  return found;
}

/** `<structure>.<member>` to the enum that its declared type names, alone, in a list or as a map's value. */
function enumMembers(enumNames: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  const visitType = (key: string, node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && enumNames.has(node.typeName.getText())) {
      found.set(key, node.typeName.getText());
    }
    ts.forEachChild(node, (child) => visitType(key, child));
  };
  for (const file of ['models_0.d.ts', 'models_1.d.ts']) {
    ts.forEachChild(declarations(file), (node) => {
      if (!ts.isInterfaceDeclaration(node)) return;
      for (const member of node.members) {
        if (!ts.isPropertySignature(member) || !member.type) continue;
        visitType(`${node.name.text}.${member.name.getText()}`, member.type);
      }
    });
  }
  return found;
}

function declarations(file: string): ts.SourceFile {
  const path = join(packageRoot, 'dist-types/models', file);
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023, true);
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const text = formatModel(generateModel());
  if (process.argv.includes('--check')) {
    const current = readFileSync(modelPath, 'utf8') === text;
    console.log(
      current
        ? 'spec/ecs/model.json is current'
        : 'spec/ecs/model.json is not current: run script/generate-ecs-spec',
    );
    process.exitCode = current ? 0 : 1;
  } else {
    writeFileSync(modelPath, text);
    console.log(`wrote ${modelPath}`);
  }
}
