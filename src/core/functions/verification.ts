/** Nothing is published that does not load and does not do what its examples say. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Principal } from '../principal.ts';
import { canonicalJson } from './canonical-json.ts';
import { requireRuntime, shareOf, type FunctionsCore } from './context.ts';
import type { VersionContent } from './definition.ts';
import { FunctionError, functionErrorOf } from './function-error.ts';
import type { FunctionExample } from './records.ts';

const usualTimeoutMs = 30_000;

/**
 * Runs the examples, one after the other in one sandbox. Throws `FunctionError` INITIALIZATION_ERROR where the code
 * cannot be loaded, and `InvalidParameter` with the example that fails.
 */
export async function verify(
  core: Pick<FunctionsCore, 'pool' | 'sandboxes' | 'clock'>,
  principal: Principal,
  language: string,
  content: VersionContent,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  await requireRuntime(core, language);
  const { code, limits, environment } = content;
  const timeoutMs = limits.timeoutMs ?? usualTimeoutMs;
  const key = `publish/${randomUUID()}`;
  const deadline = core.clock.now() + timeoutMs;
  try {
    const sandbox = await core.sandboxes.acquire({
      key,
      owner: shareOf(principal),
      deadline,
      expiresAt: deadline,
      request: () => ({
        runtime: language,
        use: { principal: shareOf(principal), session: key },
        code,
        environment: { ...environment, ...secrets },
        limits: sandboxLimits(limits),
      }),
    });
    for (const [index, example] of content.examples.entries()) {
      await runExample(sandbox, example, index, timeoutMs);
    }
  } catch (error) {
    throw functionErrorOf(error);
  } finally {
    await core.sandboxes.discard(key);
  }
}

async function runExample(
  sandbox: Sandbox,
  { request, response }: FunctionExample,
  index: number,
  timeoutMs: number,
): Promise<void> {
  const field = `examples[${index}]`;
  const found = await sandbox
    .invoke({ params: request.params, context: {}, timeoutMs })
    .catch((error: unknown) => {
      const failure = functionErrorOf(error);
      if (!(failure instanceof FunctionError) || failure.code === 'INTERNAL_ERROR') throw failure;
      throw new AppError('InvalidParameter', `${field}: it failed: ${failure.message}`, {
        ...failure.details,
        field,
      });
    });
  if (canonicalJson(found.result) === canonicalJson(response.result)) return;
  throw new AppError(
    'InvalidParameter',
    `${field}: the function answers ${shortJson(found.result)}, and the example says ${shortJson(response.result)}.`,
    { field },
  );
}

const shortJson = (value: unknown) => (JSON.stringify(value) ?? 'null').slice(0, 300);

/** Members that are not given are the pool's own. */
export function sandboxLimits({ memoryBytes, outputBytes }: VersionContent['limits']) {
  return {
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(outputBytes !== undefined && { outputBytes }),
  };
}
