/**
 * What a simulated container does, told by its label `longshore.simulate`: words with spaces between them.
 *
 *   exit=CODE      ends by itself with this code (0 to 255)
 *   oom            ends by itself, out of memory (code 137)
 *   after=TIME     when it does so: 250ms, 1s, 2m; at once where absent
 *   stop=CODE      its code when it is stopped; 143 where absent
 *   fail=STEP      never starts; STEP is pull, create or start
 *
 * Without a label a container starts at once and runs until it is stopped.
 */
import { EngineError, type EngineErrorCode } from '../../core/errors.ts';
import type { ContainerSpec } from '../../core/ports/engine.ts';

export const scriptLabel = 'longshore.simulate';

export interface Script {
  end?: { afterMs: number; exitCode: number; oomKilled: boolean };
  stopCode: number;
  failure?: { code: EngineErrorCode; message: string };
}

/** 128 + SIGTERM, which is how a process ends that does nothing about it. */
const terminatedCode = 143;
const killedCode = 137;
const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

/** Throws `EngineError` CannotCreateContainerError on a word it does not know. */
export function readScript(container: ContainerSpec): Script {
  const text = container.labels[scriptLabel] ?? '';
  const refuse = (word: string): never => {
    const message = `label ${scriptLabel}: cannot read "${word}"; it takes exit=CODE, oom, after=TIME (250ms, 1s, 2m), stop=CODE, fail=pull|create|start`;
    throw new EngineError('CannotCreateContainerError', message, container.name);
  };
  const script: Script = { stopCode: terminatedCode };
  let ends = false;
  let afterMs = 0;
  let exitCode = 0;
  let oomKilled = false;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [name, value = ''] = word.split('=', 2);
    if (name === 'exit') exitCode = readCode(value) ?? refuse(word);
    else if (name === 'oom' && word === 'oom') oomKilled = true;
    else if (name === 'after') afterMs = readTime(value) ?? refuse(word);
    else if (name === 'stop') script.stopCode = readCode(value) ?? refuse(word);
    else if (name === 'fail') script.failure = failures(container).get(value) ?? refuse(word);
    else refuse(word);
    ends ||= name !== 'stop' && name !== 'fail';
  }
  if (ends) script.end = { afterMs, exitCode: oomKilled ? killedCode : exitCode, oomKilled };
  return script;
}

const readCode = (text: string) => (/^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined);

function readTime(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,7})(ms|s|m)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (unitMs[unit] ?? 1);
}

const failures = ({ image }: ContainerSpec): Map<string, Script['failure']> =>
  new Map([
    ['pull', { code: 'CannotPullContainerError', message: `pull of ${image} failed, as simulated` }],
    ['create', { code: 'CannotCreateContainerError', message: 'creation failed, as simulated' }],
    ['start', { code: 'CannotStartContainerError', message: 'start failed, as simulated' }],
  ]);
