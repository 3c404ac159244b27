/** Why a step of an installation failed, in words for whoever published the function. */

const misplaced = 'there is a directory in place of a file, or a file in place of a directory';
const reasons: Readonly<Record<string, string>> = {
  EEXIST: misplaced,
  EISDIR: misplaced,
  ENOTDIR: misplaced,
  EDQUOT: 'this server has no room left',
  ENOSPC: 'this server has no room left',
};

/** The system's own words hold paths of this machine, which are nobody's business: such errors get fixed ones. */
export function reasonOf(error: Error): string {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return error.message;
  return reasons[code] ?? `this server cannot read or write it (${code})`;
}
