/** Work that was left to run: how far it is, what came of it, and an end to it. */
import type { RouteAccess } from '../access.ts';
import type { TypedApp } from '../typed-app.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { pageQuery, readQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { jobOf } from './transfer.ts';
import { enveloped } from './views.ts';

const tags = ['jobs'];
const { errors } = schemas;
/** The scope is that of what a job does (jobScopes). */
const accessTo = (operation: string): { access: RouteAccess } => ({
  access: { face: 'containers', scope: 'operation', operation },
});

export function jobRoutes(app: TypedApp, { core: { jobs } }: ContainersFaceOptions): void {
  app.get(
    `${prefix}/jobs`,
    {
      config: accessTo('ListJobs'),
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
      return enveloped({ total, items: items.map((each) => jobOf(each, principal)) });
    },
  );

  app.get(
    `${prefix}/jobs/:job_id`,
    {
      config: accessTo('GetJob'),
      schema: {
        operationId: 'getJob',
        summary: 'How far a job is, and what came of it',
        tags,
        params: schemas.jobParams,
        response: { 200: schemas.success(schemas.anything), ...errors },
      },
    },
    ({ principal, params }) => enveloped(jobOf(jobs.see(principal, params.job_id), principal)),
  );

  app.delete(
    `${prefix}/jobs/:job_id`,
    {
      config: accessTo('CancelJob'),
      schema: {
        operationId: 'cancelJob',
        summary: 'End a job that runs',
        tags,
        params: schemas.jobParams,
        response: { 200: schemas.success(schemas.anything), ...errors },
      },
    },
    async ({ principal, params }) => enveloped(jobOf(await jobs.cancel(principal, params.job_id), principal)),
  );
}
