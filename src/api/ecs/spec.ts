/** What the protocol knows of each operation, compiled from the model at its first use. */
import { loadModel } from './model.ts';
import type { Model } from './model.ts';
import type { OperationName } from './operation.ts';
import { compileSerialiser } from './serialiser.ts';
import type { Serialise } from './serialiser.ts';
import { compileValidator } from './validator.ts';
import type { Validate } from './validator.ts';

export interface OperationSpec {
  name: OperationName;
  /** Throws `EcsError`. Returns a copy with the members that the model knows. */
  validate: Validate;
  serialise: Serialise;
}

export interface Spec {
  /** `AmazonEC2ContainerServiceV20141113`: what stands before the dot in `X-Amz-Target`. */
  targetPrefix: string;
  operationNames: readonly OperationName[];
  /** Undefined where the API has no such operation. */
  operation(name: string): OperationSpec | undefined;
}

export function loadSpec(): Spec {
  const model = loadModel();
  const compiled = new Map<string, OperationSpec>();
  return {
    targetPrefix: model.targetPrefix,
    operationNames: [...model.operations.keys()] as OperationName[],
    operation(name) {
      const known = compiled.get(name);
      if (known) return known;
      const spec = compile(model, name);
      if (spec) compiled.set(name, spec);
      return spec;
    },
  };
}

function compile(model: Model, name: string): OperationSpec | undefined {
  const operation = model.operations.get(name);
  if (!operation) return undefined;
  return {
    name: name as OperationName,
    validate: compileValidator(model, operation.input),
    serialise: compileSerialiser(model, operation.output),
  };
}
