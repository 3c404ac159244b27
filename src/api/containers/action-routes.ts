/** What is done to a container that is there: `POST /containers/{id}/<action>`. */
import type { TSchema } from 'typebox';
import {
  killContainer,
  listProcesses,
  pauseContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
  type Outcome,
} from '../../core/containers/lifecycle.ts';
import type { ContainersCore } from '../../core/containers/context.ts';
import type { Principal } from '../../core/principal.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { containerName, signalForm } from './creation-body.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { forceQuery, readBody, readQuery, stopQuery } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped, outcomeOf } from './views.ts';

interface Action {
  name: string;
  summary: string;
  querystring: TSchema;
  /** What is asked of the query. */
  run: (core: ContainersCore, caller: Principal, container: string, query: unknown) => Promise<Outcome>;
}

const actions: Action[] = [
  {
    name: 'start',
    summary: 'Run a container; one that runs already is fine',
    querystring: schemas.taskForceQuery,
    run: (core, caller, container, query) =>
      startContainer(core, caller, container, readQuery(query, forceQuery)),
  },
  {
    name: 'stop',
    summary: 'End a container: its stop signal, then SIGKILL',
    querystring: schemas.stopQuery,
    run: (core, caller, container, query) =>
      stopContainer(core, caller, container, readQuery(query, stopQuery)),
  },
  {
    name: 'restart',
    summary: 'End a container where it runs, and run it',
    querystring: schemas.stopQuery,
    run: (core, caller, container, query) =>
      restartContainer(core, caller, container, readQuery(query, stopQuery)),
  },
  {
    name: 'kill',
    summary: 'Send a signal, SIGKILL unless told',
    querystring: schemas.killQuery,
    run: (core, caller, container, query) => {
      const options = readQuery(query, (members) => {
        members.only('signal', 'force');
        return { signal: members.text('signal', signalForm), force: members.flag('force') };
      });
      return killContainer(core, caller, container, options);
    },
  },
  {
    name: 'pause',
    summary: 'Freeze the processes of a container',
    querystring: schemas.taskForceQuery,
    run: (core, caller, container, query) =>
      pauseContainer(core, caller, container, readQuery(query, forceQuery)),
  },
  {
    name: 'unpause',
    summary: 'Let the processes of a container go on',
    querystring: schemas.taskForceQuery,
    run: (core, caller, container, query) =>
      unpauseContainer(core, caller, container, readQuery(query, forceQuery)),
  },
];

export function actionRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  for (const { name, summary, querystring, run } of actions) {
    const operation = name.replace(/^./, (first) => first.toUpperCase());
    app.post(
      `${prefix}/containers/:container_id/${name}`,
      {
        config: accessOf(`${operation}Container`, 'containers:update'),
        schema: {
          operationId: `${name}Container`,
          summary,
          tags: schemas.tags,
          params: schemas.containerParams,
          querystring,
          response: { 200: schemas.success(schemas.outcome), ...schemas.errors },
        },
      },
      async ({ principal, params, query }) =>
        enveloped(outcomeOf(await run(core, principal, params.container_id, query))),
    );
  }
}

export function nameAndProcessRoutes(app: TypedApp, { core }: ContainersFaceOptions): void {
  app.post(
    `${prefix}/containers/:container_id/rename`,
    {
      config: accessOf('RenameContainer', 'containers:update'),
      schema: {
        operationId: 'renameContainer',
        summary: 'Give a container another name',
        tags: schemas.tags,
        params: schemas.containerParams,
        querystring: schemas.taskForceQuery,
        body: schemas.renaming,
        response: { 200: schemas.success(schemas.outcome), ...schemas.errors },
      },
    },
    async ({ principal, params, query, body }) => {
      const force = readQuery(query, forceQuery);
      const name = readBody(body, (members) => {
        members.only('name');
        if (members.value('name') === undefined) members.refuse('name', 'is missing.');
        return members.text('name', containerName);
      });
      return enveloped(outcomeOf(await renameContainer(core, principal, params.container_id, name!, force)));
    },
  );

  app.get(
    `${prefix}/containers/:container_id/top`,
    {
      config: accessOf('ListProcesses', 'containers:read'),
      schema: {
        operationId: 'listProcesses',
        summary: 'The processes of a container that runs',
        tags: schemas.tags,
        params: schemas.containerParams,
        response: { 200: schemas.success(schemas.processes), ...schemas.errors },
      },
    },
    async ({ principal, params }) => enveloped(await listProcesses(core, principal, params.container_id)),
  );
}
