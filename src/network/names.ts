/**
 * Names of kernel objects. They carry owner and slot, so that the kernel is the only record of what we made.
 * A link name has at most 15 characters.
 */
const ownerPattern = /^[a-z0-9]{6}$/;

export interface Names {
  readonly owner: string;
  /** nftables table. */
  readonly table: string;
  /** Matches every bridge of this owner, in nftables and (with + for *) in iptables. */
  readonly bridgePrefix: string;
  bridge(index: number): string;
  link(slot: number): string;
  namespace(slot: number): string;
  /** The slot in a namespace's or link's name; undefined where it is not this owner's. */
  slotOf(name: string): number | undefined;
}

export function namesOf(owner: string): Names {
  if (!ownerPattern.test(owner)) throw new Error(`owner "${owner}" must be six lower-case letters or digits`);
  const linkPrefix = `lsv-${owner}-`;
  const namespacePrefix = `longshore-${owner}-`;
  return {
    owner,
    table: `longshore_${owner}`,
    bridgePrefix: `lsb-${owner}-`,
    bridge: (index) => `lsb-${owner}-${String(index)}`,
    link: (slot) => linkPrefix + String(slot),
    namespace: (slot) => namespacePrefix + String(slot),
    slotOf(name) {
      const prefix = [linkPrefix, namespacePrefix].find((candidate) => name.startsWith(candidate));
      const slot = prefix === undefined ? '' : name.slice(prefix.length);
      return /^\d{1,5}$/.test(slot) ? Number(slot) : undefined;
    },
  };
}

/** Name of a table of any owner of ours. */
export const anyOwnersTable = /^longshore_[a-z0-9]{6}$/;

/** Name of a bridge or link of any owner of ours. */
export const anyOwnersLink = /^ls[bv]-[a-z0-9]{6}-\d+$/;
