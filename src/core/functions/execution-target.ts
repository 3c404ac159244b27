/** What an execution runs: a version of a function, or a script that was sent along. */
import type { FunctionCode } from '../ports/runtime.ts';
import type { ClaimRequest } from '../ports/sandbox.ts';
import type { FunctionsCore } from './context.ts';
import type { FunctionVersionRecord } from './records.ts';
import { openSecrets } from './secrets.ts';
import { sandboxLimits } from './verification.ts';

export interface ExecutionTarget {
  language: string;
  languageTitle: string;
  code: FunctionCode;
  /** Absent for a script. */
  version?: FunctionVersionRecord;
}

/** What the pool is asked for. Secrets are opened only here. */
export function claimFor(
  core: Pick<FunctionsCore, 'sealer'>,
  { language, code, version }: ExecutionTarget,
  use: ClaimRequest['use'],
): Omit<ClaimRequest, 'timeoutMs'> {
  const environment = version === undefined ? {} : { ...version.environment, ...openSecrets(core, version) };
  const limits = version === undefined ? {} : sandboxLimits(version.limits);
  return { runtime: language, use, code, environment, limits };
}

/** Whatever else than the params decides the result; the secrets by their version. */
export function cacheParts({ language, code, version }: ExecutionTarget): string[] {
  return version === undefined
    ? ['script', language, code.digest]
    : ['function', language, version.digest, version.secretsVersion];
}
