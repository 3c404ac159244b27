/** Cluster operations (Amazon ECS API). */
import {
  changeCluster,
  clusterStatistics,
  clusterView,
  createCluster,
  deleteCluster,
  describeClusters,
  listClusters,
} from '../../../core/clusters.ts';
import type { Core } from '../../../core/context.ts';
import type { Cluster } from '../../../core/ecs-model.ts';
import type { ClusterRecord } from '../../../core/records.ts';
import type { EcsCall, Input, Output } from '../operation.ts';

type Call = EcsCall<Core>;

export async function CreateCluster(
  call: Call,
  input: Input<'CreateCluster'>,
): Promise<Output<'CreateCluster'>> {
  const record = await createCluster(call.core, call.scope, input);
  return { cluster: { ...(await full(call.core, record)), tags: record.tags } };
}

export async function DescribeClusters(
  call: Call,
  input: Input<'DescribeClusters'>,
): Promise<Output<'DescribeClusters'>> {
  const include = new Set<string>(input.include ?? []);
  const { records, failures } = await describeClusters(call.core, call.scope, input.clusters);
  return {
    clusters: await Promise.all(records.map((record) => included(call.core, record, include))),
    failures,
  };
}

export async function ListClusters(
  call: Call,
  input: Input<'ListClusters'>,
): Promise<Output<'ListClusters'>> {
  const { records, nextToken } = await listClusters(call.core, call.scope, input);
  return { clusterArns: records.map((record) => record.id), nextToken };
}

export async function UpdateCluster(
  call: Call,
  input: Input<'UpdateCluster'>,
): Promise<Output<'UpdateCluster'>> {
  const { cluster, settings, configuration, serviceConnectDefaults } = input;
  const changes = {
    ...(settings && { settings }),
    ...(configuration && { configuration }),
    ...(serviceConnectDefaults && {
      serviceConnectDefaults: { namespace: serviceConnectDefaults.namespace },
    }),
  };
  return { cluster: await full(call.core, await changeCluster(call.core, call.scope, cluster, changes)) };
}

export async function UpdateClusterSettings(
  call: Call,
  input: Input<'UpdateClusterSettings'>,
): Promise<Output<'UpdateClusterSettings'>> {
  const record = await changeCluster(call.core, call.scope, input.cluster, { settings: input.settings });
  return { cluster: await full(call.core, record) };
}

export async function PutClusterCapacityProviders(
  call: Call,
  input: Input<'PutClusterCapacityProviders'>,
): Promise<Output<'PutClusterCapacityProviders'>> {
  const record = await changeCluster(call.core, call.scope, input.cluster, {
    capacityProviders: input.capacityProviders,
    defaultCapacityProviderStrategy: input.defaultCapacityProviderStrategy,
  });
  return { cluster: await full(call.core, record) };
}

export async function DeleteCluster(
  call: Call,
  input: Input<'DeleteCluster'>,
): Promise<Output<'DeleteCluster'>> {
  return { cluster: await full(call.core, await deleteCluster(call.core, call.scope, input.cluster)) };
}

async function full(core: Core, record: ClusterRecord): Promise<Cluster> {
  return { ...(await clusterView(core, record)), statistics: [], tags: [] };
}

/** DescribeClusters leaves out what was not asked for. */
async function included(core: Core, record: ClusterRecord, include: ReadonlySet<string>): Promise<Cluster> {
  const { configuration, ...view } = await clusterView(core, record);
  return {
    ...view,
    ...(include.has('CONFIGURATIONS') && configuration && { configuration }),
    ...(include.has('ATTACHMENTS') && { attachments: [], attachmentsStatus: 'UPDATE_COMPLETE' }),
    settings: include.has('SETTINGS') ? view.settings : [],
    statistics: include.has('STATISTICS') ? await clusterStatistics(core, record) : [],
    tags: include.has('TAGS') ? record.tags : [],
  };
}
