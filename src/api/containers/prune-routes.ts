/** What nobody needs any more: `POST /containers/prune` and so on; with `preview` nothing is removed. */
import { planPrune, prune } from '../../core/containers/prune.ts';
import type { PruneItem, PruneQuery, ResourceKind } from '../../core/ports/container-host.ts';
import type { Scope } from '../../core/scopes.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import type { Members } from './members.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readMoment, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped } from './views.ts';

const ways: { kind: ResourceKind; scope: Scope; summary: string }[] = [
  { kind: 'container', scope: 'containers:delete', summary: 'Remove containers that do not run' },
  {
    kind: 'image',
    scope: 'images:delete',
    summary: 'Remove images without a tag; with all, those without a container',
  },
  { kind: 'volume', scope: 'volumes:delete', summary: 'Remove volumes without a name that no container has' },
  { kind: 'network', scope: 'networks:delete', summary: 'Remove networks without containers' },
];

export function pruneRoutes(app: TypedApp, { core, clock }: ContainersFaceOptions): void {
  for (const { kind, scope, summary } of ways) {
    const name = kind.replace(/^./, (first) => first.toUpperCase());
    app.post(
      `${prefix}/${kind}s/prune`,
      {
        config: accessOf(`Prune${name}s`, scope),
        schema: {
          operationId: `prune${name}s`,
          summary,
          tags: [`${kind}s`],
          querystring: schemas.pruneQuery,
          response: { 200: schemas.success(schemas.anything), ...schemas.errors },
        },
      },
      async ({ principal, query }) => {
        const { preview, ...asked } = readQuery(query, (members) => pruneQuery(members, kind, clock.now()));
        if (preview) {
          const plan = await planPrune(core, principal, asked);
          return enveloped({ preview: true, bytes: plan.bytes, items: plan.items.map(itemOf) });
        }
        const { removed, kept, bytes } = await prune(core, principal, asked);
        return enveloped({
          preview: false,
          bytes,
          items: removed.map(itemOf),
          kept: kept.map(({ item, reason }) => ({ ...itemOf(item), reason })),
        });
      },
    );
  }
}

function pruneQuery(query: Members, kind: ResourceKind, now: number): PruneQuery & { preview: boolean } {
  query.only('preview', 'label', 'before', ...(kind === 'image' ? ['all'] : []));
  return {
    kinds: [kind],
    unusedImages: query.flag('all') ?? false,
    labels: query.texts('label'),
    before: readMoment(query, 'before', now),
    preview: query.flag('preview') ?? false,
  };
}

const itemOf = ({ kind, id, name, bytes }: PruneItem) => ({ kind, id, name, bytes });
