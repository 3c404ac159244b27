/** What a function is, as its author gives it, checked. */
import { AppError } from '../errors.ts';
import { codeOf, digestOf, type CodeRequest } from './code.ts';
import type {
  FunctionExample,
  FunctionLimits,
  FunctionSchema,
  FunctionVersionRecord,
  LambdaSettings,
} from './records.ts';
import { compileChecks, faultText } from './validation.ts';

export interface FunctionDefinition extends CodeRequest {
  description?: string | undefined;
  schema?: FunctionSchema | undefined;
  examples?: readonly FunctionExample[] | undefined;
  limits?: FunctionLimits | undefined;
  environment?: Readonly<Record<string, string>> | undefined;
  /** Absent: those of the version before stay. Names and values; the values are never shown again. */
  secrets?: Readonly<Record<string, string>> | undefined;
  cacheable?: boolean | undefined;
  lambda?: LambdaSettings | undefined;
}

/** Everything of a version that its author decides, secrets excepted. */
export type VersionContent = Pick<
  FunctionVersionRecord,
  | 'digest'
  | 'description'
  | 'code'
  | 'schema'
  | 'examples'
  | 'limits'
  | 'environment'
  | 'cacheable'
  | 'lambda'
>;

const variable = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const maxVariables = 100;
const maxVariableBytes = 32 * 1024;
const maxExamples = 20;

/** Throws `InvalidParameter` naming the field. Nothing was run. */
export function checkedDefinition(
  language: string,
  sourceFile: string,
  definition: FunctionDefinition,
): VersionContent {
  const { description = '', schema = {}, examples = [], limits = {}, environment = {} } = definition;
  const code = codeOf(language, sourceFile, definition);
  checkVariables(environment, 'environment');
  checkVariables(definition.secrets ?? {}, 'secrets');
  checkExamples(examples, schema);
  const content = {
    description,
    schema,
    examples,
    limits,
    environment,
    cacheable: definition.cacheable ?? true,
    ...(definition.lambda !== undefined && { lambda: definition.lambda }),
  };
  return { ...content, code, digest: digestOf({ ...content, code: code.digest }) };
}

function checkVariables(variables: Readonly<Record<string, string>>, field: string): void {
  const entries = Object.entries(variables);
  if (entries.length > maxVariables) throw invalid(field, `at most ${maxVariables} may be given.`);
  for (const [name, value] of entries) {
    if (!variable.test(name)) {
      throw invalid(field, `'${name.slice(0, 100)}' is no name of a variable: letters, digits and '_'.`);
    }
    if (Buffer.byteLength(value) > maxVariableBytes || value.includes('\0')) {
      throw invalid(`${field}.${name}`, `its value may have ${maxVariableBytes} bytes, none of them 0.`);
    }
  }
}

/** Compiles the schemas too. */
function checkExamples(examples: readonly FunctionExample[], schema: FunctionSchema): void {
  const checks = compileChecks(schema);
  if (examples.length > maxExamples) throw invalid('examples', `at most ${maxExamples} may be given.`);
  for (const [index, { request, response }] of examples.entries()) {
    const faults = [...checks.params(request.params), ...checks.result(response.result)];
    if (faults.length > 0)
      throw invalid(`examples[${index}]`, `it does not fit the schema: ${faultText(faults)}`);
  }
}

function invalid(field: string, message: string): AppError {
  return new AppError('InvalidParameter', `${field}: ${message}`, { field });
}
