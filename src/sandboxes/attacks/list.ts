/** Every attack that shows on a machine whether its sandboxes hold, in the order of docs/internals/sandbox-attacks.md. */
import type { Attack } from './attack.ts';
import { backgroundAttacks } from './background.ts';
import { channelAttacks } from './channel.ts';
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
].sort((one, other) => one.number - other.number);
