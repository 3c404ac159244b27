/**
 * Whose a container is: the account of its task, or the one that it was made for here, or else the server's own. To
 * everybody else it does not exist, in lists, by name and by id alike.
 */
import { parseArn } from '../arn.ts';
import { AppError } from '../errors.ts';
import type { HostContainer, HostContainerDetails } from '../ports/host-containers.ts';
import { seesAccount, type Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import type { Problems } from './problems.ts';

const accountLabel = 'longshore.account';
const subjectLabel = 'longshore.made-by';
export const reservedLabel = /^longshore\./;

/** The labels of what `caller` makes: those it asked for, and whose it is. */
export const marked = ({ account, subject }: Principal, labels: Record<string, string> = {}) => ({
  ...labels,
  [accountLabel]: account,
  [subjectLabel]: subject,
});

/** What is known by labels of ours is believed, so nobody else may give them. */
export function refuseReserved(labels: Record<string, string> = {}, problems: Problems): void {
  for (const label of Object.keys(labels).filter((each) => reservedLabel.test(each))) {
    problems.add(`labels["${label}"]`, "labels that begin with longshore. are the server's own.");
  }
}

export function sees(
  { account }: Pick<ContainersCore, 'account'>,
  caller: Principal,
  owned: { labels: Readonly<Record<string, string>>; task?: { id: string } | string | undefined },
): boolean {
  return seesAccount(caller, accountOf(owned) ?? account);
}

/** Whether what bears no account's name is this caller's to see. */
export const seesServer = ({ account }: Pick<ContainersCore, 'account'>, caller: Principal): boolean =>
  seesAccount(caller, account);

/** Whether `labels` say whose a container is, or leave it open. */
export const namesAccount = (labels: Readonly<Record<string, string>>): boolean => accountLabel in labels;

function accountOf({ labels, task }: Parameters<typeof sees>[2]): string | undefined {
  const arn = typeof task === 'string' ? task : task?.id;
  if (arn !== undefined) return parseArn(arn)?.accountId;
  return labels[accountLabel];
}

/**
 * By full id, prefix or name. Throws `ResourceNotFound` also for what is another account's, and `InvalidParameter` for
 * a prefix that fits several of the caller's.
 */
export async function findContainer(
  core: ContainersCore,
  caller: Principal,
  reference: string,
): Promise<HostContainerDetails> {
  const host = hostOf(core);
  checkReference(reference);
  try {
    const found = await host.containers.inspect(reference);
    if (sees(core, caller, found)) return found;
  } catch (error) {
    // In the same words as for another account's.
    if (error instanceof AppError && error.code === 'ResourceNotFound') throw noContainer(reference);
    if (!(error instanceof AppError) || error.code !== 'InvalidParameter') throw error;
  }
  // Another account's, or a prefix that fits several, of which the caller may see fewer.
  const { items } = await host.containers.list({ search: reference });
  const [only, ...others] = items.filter(
    (each) => sees(core, caller, each) && (each.id.startsWith(reference) || each.name === reference),
  );
  if (only === undefined) throw noContainer(reference);
  if (others.length > 0) throw ambiguous(reference, [only, ...others]);
  return host.containers.inspect(only.id);
}

const form = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

function checkReference(reference: string): void {
  if (form.test(reference)) return;
  throw new AppError(
    'InvalidParameter',
    'A container is named by its id, the beginning of its id, or its name: letters, digits, _, . and -.',
    { field: 'container_id' },
  );
}

function noContainer(reference: string): AppError {
  return new AppError('ResourceNotFound', `There is no container '${reference.slice(0, 128)}'.`, {
    field: 'container_id',
  });
}

function ambiguous(reference: string, found: readonly HostContainer[]): AppError {
  const names = found.slice(0, 3).map(({ name }) => name);
  return new AppError(
    'InvalidParameter',
    `'${reference}' is the beginning of ${found.length} containers' ids: ${names.join(', ')} … Give more of it.`,
    { field: 'container_id' },
  );
}
