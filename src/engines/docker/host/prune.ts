/**
 * What could go, found by looking at everything, and removed one by one: the engines' own prune calls differ in what
 * they take, tell nothing beforehand, and know nothing of tasks.
 */
import { AppError, EngineError } from '../../../core/errors.ts';
import type {
  ContainerHost,
  PruneItem,
  PrunePlan,
  PruneQuery,
  PruneResult,
} from '../../../core/ports/container-host.ts';
import type { HostImage } from '../../../core/ports/host-images.ts';
import type { DockerClient } from '../client/docker-client.ts';
import type { ContainerSummary, DiskUsage } from '../client/types.ts';
import { describeSummary, digestForm, isHolder } from './container-description.ts';
import { bears } from './container-list.ts';
import { isAnonymous } from './container-spec.ts';
import { asHostCall } from './errors.ts';

type Parts = Pick<ContainerHost, 'containers' | 'images' | 'volumes' | 'networks'>;

const stopped = new Set(['created', 'exited', 'dead']);

export async function planPrune(client: DockerClient, parts: Parts, query: PruneQuery): Promise<PrunePlan> {
  const [containers, usage] = await asHostCall(() =>
    Promise.all([
      client.listContainers({}, query.kinds.includes('container')),
      client.connection.json<DiskUsage>('GET', '/system/df', { timeoutMs: 120_000 }),
    ]),
  );
  const going = query.kinds.includes('container')
    ? containers.filter((each) => isGoing(client, each, query))
    : [];
  const gone = new Set(going.map(({ Id }) => Id));
  const left = containers.filter(({ Id }) => !gone.has(Id));
  const items: PruneItem[] = going.map((summary) => ({
    kind: 'container',
    id: summary.Id,
    name: describeSummary(summary, client.quirks).name,
    bytes: summary.SizeRw ?? 0,
  }));
  if (query.kinds.includes('image')) items.push(...(await unusedImages(parts, left, usage, query)));
  if (query.kinds.includes('volume')) items.push(...(await unusedVolumes(parts, left, usage, query)));
  if (query.kinds.includes('network')) items.push(...(await unusedNetworks(parts, left, query)));
  return { items, bytes: total(items) };
}

export async function prune(parts: Parts, plan: PrunePlan): Promise<PruneResult> {
  const removed: PruneItem[] = [];
  const kept: PruneResult['kept'] = [];
  for (const item of plan.items) {
    try {
      await remove(parts, item);
      removed.push(item);
    } catch (error) {
      if (!(error instanceof AppError) && !(error instanceof EngineError)) throw error;
      if (error.code === 'EngineUnavailable') throw error;
      kept.push({ item, reason: error.message });
    }
  }
  return { removed, kept, bytes: total(removed) };
}

const total = (items: readonly PruneItem[]) => items.reduce((sum, { bytes }) => sum + bytes, 0);

async function remove(
  { containers, images, volumes, networks }: Parts,
  { kind, id }: PruneItem,
): Promise<void> {
  if (kind === 'container') await containers.remove(id);
  else if (kind === 'image') await images.remove(id);
  else if (kind === 'volume') await volumes.remove(id);
  else await networks.remove(id);
}

function isGoing({ quirks }: DockerClient, summary: ContainerSummary, query: PruneQuery): boolean {
  if (isHolder(summary.Labels)) return false;
  const { state, task, createdAt, labels } = describeSummary(summary, quirks);
  return stopped.has(state) && !task && isOld(createdAt, query) && bears(labels, query.labels);
}

/** What has no time is not older than any. */
const isOld = (createdAt: number | undefined, { before }: PruneQuery) =>
  before === undefined || (createdAt !== undefined && createdAt < before);

async function unusedImages(
  { images }: Parts,
  containers: readonly ContainerSummary[],
  usage: DiskUsage,
  query: PruneQuery,
): Promise<PruneItem[]> {
  const used = new Set(containers.map(({ ImageID }) => digestForm(ImageID)));
  const shared = new Map(
    (usage.Images ?? []).map(({ Id, SharedSize }) => [digestForm(Id), Math.max(SharedSize, 0)]),
  );
  const isFree = ({ id, tags, createdAt, labels }: HostImage) =>
    !used.has(id) &&
    (query.unusedImages === true || tags.length === 0) &&
    isOld(createdAt, query) &&
    bears(labels, query.labels);
  return (await images.list()).items.filter(isFree).map(({ id, tags, sizeBytes }) => ({
    kind: 'image',
    id,
    name: tags[0] ?? id,
    bytes: Math.max(sizeBytes - (shared.get(id) ?? 0), 0),
  }));
}

async function unusedVolumes(
  { volumes }: Parts,
  containers: readonly ContainerSummary[],
  usage: DiskUsage,
  query: PruneQuery,
): Promise<PruneItem[]> {
  const used = new Set(containers.flatMap(({ Mounts }) => (Mounts ?? []).map(({ Name }) => Name)));
  const sizes = new Map(
    (usage.Volumes ?? []).map(({ Name, UsageData }) => [Name, Math.max(UsageData?.Size ?? 0, 0)]),
  );
  return (await volumes.list()).items
    .filter(({ name, task }) => isAnonymous(name) && task === undefined && !used.has(name))
    .filter(({ createdAt, labels }) => isOld(createdAt, query) && bears(labels, query.labels))
    .map(({ name }) => ({ kind: 'volume', id: name, name, bytes: sizes.get(name) ?? 0 }));
}

async function unusedNetworks(
  { networks }: Parts,
  containers: readonly ContainerSummary[],
  query: PruneQuery,
): Promise<PruneItem[]> {
  const used = new Set(
    containers.flatMap(({ NetworkSettings }) => Object.keys(NetworkSettings?.Networks ?? {})),
  );
  return (await networks.list()).items
    .filter(({ name, builtIn }) => !builtIn && !used.has(name))
    .filter(({ createdAt, labels }) => isOld(createdAt, query) && bears(labels, query.labels))
    .map(({ id, name }) => ({ kind: 'network', id, name, bytes: 0 }));
}
