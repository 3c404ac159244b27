/** Every attack that shows on a machine whether its sandboxes hold, in the order of docs/internals/sandbox-attacks.md. */
import type { Attack } from './attack.ts';
import { backgroundAttacks } from './background.ts';
import { channelAttacks } from './channel.ts';
import { compilationAttacks } from './compilation.ts';
import { compiledCodeAttacks } from './compiled-code.ts';
import { fileAttacks } from './files.ts';
import { machineAttacks } from './machine.ts';
import { memoryAttacks } from './memory.ts';
import { networkAttacks } from './network.ts';
import { nextSessionAttacks } from './next-session.ts';
import { processAttacks } from './processes.ts';
import { sizeAttacks } from './sizes.ts';
import { systemCallAttacks } from './system-calls.ts';
import { timeAttacks } from './time.ts';

export const attacks: readonly Attack[] = [
  ...processAttacks,
  ...memoryAttacks,
  ...timeAttacks,
  ...fileAttacks,
  ...machineAttacks,
  ...networkAttacks,
  ...nextSessionAttacks,
  ...sizeAttacks,
  ...systemCallAttacks,
  ...channelAttacks,
  ...backgroundAttacks,
  ...compilationAttacks,
  ...compiledCodeAttacks,
].sort((one, other) => one.number - other.number);

/** Those that run their source as it is. */
export const INTERPRETED: readonly string[] = ['nodejs', 'python'];

export const isWrittenIn = ({ languages = INTERPRETED }: Attack, language: string): boolean =>
  languages.includes(language);

export const attacksIn = (language: string): Attack[] =>
  attacks.filter((attack) => isWrittenIn(attack, language));
