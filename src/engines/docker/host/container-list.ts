/** Lists of containers: the engine is asked for all once, because no engine pages, sorts or counts. */
import type { ContainerQuery, HostContainer } from '../../../core/ports/host-containers.ts';
import type { Page, PageQuery } from '../../../core/ports/page.ts';

/** What of `all` the query asks for, in its order, and how many there are. */
export function pageOfContainers(all: readonly HostContainer[], query: ContainerQuery): Page<HostContainer> {
  const found = all.filter((container) => matches(container, query));
  const { by, descending = false } = query.sort ?? { by: 'created', descending: true };
  const order = orders[by];
  const sign = descending ? -1 : 1;
  return pageOf(
    found.sort((left, right) => sign * order(left, right) || compareText(left.id, right.id)),
    query,
  );
}

export function pageOf<T>(all: readonly T[], { limit, offset = 0 }: PageQuery): Page<T> {
  return { total: all.length, items: all.slice(offset, limit === undefined ? undefined : offset + limit) };
}

/** `name` or `name=value`, all of them. */
export function bears(labels: Record<string, string>, wanted: readonly string[] = []): boolean {
  return wanted.every((entry) => {
    const equals = entry.indexOf('=');
    return equals < 0
      ? labels[entry] !== undefined
      : labels[entry.slice(0, equals)] === entry.slice(equals + 1);
  });
}

export const includesText = (text: string, part: string | undefined): boolean =>
  part === undefined || text.toLowerCase().includes(part.toLowerCase());

/** By code unit, the same on every machine. */
export const compareText = (left: string, right: string): number =>
  left < right ? -1 : left > right ? 1 : 0;

const orders: Record<
  NonNullable<ContainerQuery['sort']>['by'],
  (left: HostContainer, right: HostContainer) => number
> = {
  created: (left, right) => left.createdAt - right.createdAt,
  name: (left, right) => compareText(left.name, right.name),
  state: (left, right) => compareText(left.state, right.state),
  image: (left, right) => compareText(left.image, right.image),
};

function matches(container: HostContainer, query: ContainerQuery): boolean {
  const { id, name, image, state, labels, task } = container;
  const { states, search } = query;
  return (
    (states === undefined || states.includes(state)) &&
    includesText(name, query.name) &&
    bears(labels, query.labels) &&
    (query.image === undefined || isOfImage(container, query.image)) &&
    (query.task === undefined || task?.id === query.task) &&
    (search === undefined || [name, image, id].some((text) => includesText(text, search)))
  );
}

function isOfImage({ image, imageId }: HostContainer, wanted: string): boolean {
  if (image === wanted || imageId === wanted) return true;
  const withoutTag = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  const isId = /^(sha256:)?[0-9a-f]{12,64}$/.test(wanted);
  return withoutTag === wanted || (isId && imageId.startsWith(`sha256:${wanted.replace(/^sha256:/, '')}`));
}
