/** From what a client calls a cluster to its record. */
import { clusterArn, inAccount, isArn, parseArn } from './arn.ts';
import { AppError } from './errors.ts';
import type { Reader, Transaction } from './ports/store.ts';
import type { ClusterRecord } from './records.ts';
import type { CallScope } from './scope.ts';

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** ARN of a cluster given by ARN or name; an omitted name means `default`, as on AWS. */
export function clusterArnFor(scope: CallScope, reference: string | undefined): string {
  const name = reference ?? 'default';
  if (isArn(name)) {
    if (parseArn(name)?.type !== 'cluster') throw new AppError('InvalidParameter', 'Invalid cluster ARN.');
    return name;
  }
  return clusterArn(scope, checkedClusterName(name));
}

export function checkedClusterName(name: string): string {
  if (!NAME.test(name)) {
    throw new AppError(
      'InvalidParameter',
      'Invalid cluster name: use 1 to 255 letters, numbers, hyphens and underscores.',
    );
  }
  return name;
}

/** The cluster, ACTIVE or not. Throws ClusterNotFound. */
export async function knownCluster(
  reader: Pick<Reader | Transaction, 'clusters'>,
  scope: CallScope,
  reference: string | undefined,
): Promise<ClusterRecord> {
  const arn = clusterArnFor(scope, reference);
  const record = inAccount(scope, arn) ? await reader.clusters.get(arn) : undefined;
  if (!record) throw new AppError('ClusterNotFound', 'Cluster not found.');
  return record;
}

/** The cluster, which must be ACTIVE to take new work. */
export async function activeCluster(
  reader: Pick<Reader | Transaction, 'clusters'>,
  scope: CallScope,
  reference: string | undefined,
): Promise<ClusterRecord> {
  const record = await knownCluster(reader, scope, reference);
  if (record.status !== 'ACTIVE') throw new AppError('Client', 'The referenced cluster was inactive.');
  return record;
}

/** Where what is in the cluster belongs, which a call signed for another region can name by ARN. */
export function homeOf(cluster: ClusterRecord): CallScope {
  return parseArn(cluster.id)!;
}
