/** Work that was left to run: how far it is, what came of it, and an end to it. */
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { pageQuery, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { jobOf } from './transfer.ts';
import { enveloped } from './views.ts';

const tags = ['jobs'];
const { errors } = schemas;

export function jobRoutes(app: TypedApp, { core: { jobs } }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/jobs`,
    {
      config: accessOf('ListJobs', 'images:read'),
      schema: {
        operationId: 'listJobs',
        summary: 'Jobs of the account, the newest first',
        tags,
        querystring: schemas.pageQuery,
        response: { 200: schemas.success(schemas.listOf(schemas.anything)), ...errors },
      },
    },
    ({ principal, query }) => {
      const page = readQuery(query, (members) => {
        members.only('limit', 'offset');
        return pageQuery(members);
      });
      const { total, items } = jobs.list(principal, page);
      return enveloped({ total, items: items.map(jobOf) });
    },
  );

  app.get(
    `${prefix}/jobs/:job_id`,
    {
      config: accessOf('GetJob', 'images:read'),
      schema: {
        operationId: 'getJob',
        summary: 'How far a job is, and what came of it',
        tags,
        params: schemas.jobParams,
        response: { 200: schemas.success(schemas.anything), ...errors },
      },
    },
    ({ principal, params }) => enveloped(jobOf(jobs.find(principal, params.job_id))),
  );

  app.delete(
    `${prefix}/jobs/:job_id`,
    {
      config: accessOf('CancelJob', 'images:create'),
      schema: {
        operationId: 'cancelJob',
        summary: 'End a job that runs',
        tags,
        params: schemas.jobParams,
        response: { 200: schemas.success(schemas.anything), ...errors },
      },
    },
    async ({ principal, params }) => enveloped(jobOf(await jobs.cancel(principal, params.job_id))),
  );
}
