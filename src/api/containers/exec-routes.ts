/** A command in a container, run to its end: for scripts. With its streams as they go it is a WebSocket: exec-socket.ts. */
import { requireExec, runCommand } from '../../core/containers/exec.ts';
import { holderName } from '../../core/principal.ts';
import type { OpenStreams } from '../streams.ts';
import type { TypedApp } from '../typed-app.ts';
import { accessOf } from './container-routes.ts';
import { commandMembers, readExec } from './exec-body.ts';
import { prefix, type ContainersFaceOptions } from './options.ts';
import { readBody } from './queries.ts';
import * as schemas from './schemas.ts';
import { enveloped } from './views.ts';

const usualSeconds = 60;
const mostSeconds = 3600;
const mostInput = 1024 * 1024;

export function execRoutes(app: TypedApp, options: ContainersFaceOptions, streams: OpenStreams): void {
  const { core, sessions } = options;
  app.post(
    `${prefix}/containers/:container_id/exec`,
    {
      config: accessOf('ExecContainer', 'containers:exec'),
      schema: {
        operationId: 'execContainer',
        summary: 'Run a command in a container that runs, to its end',
        description:
          'At most 1 MiB of each stream is told (truncated). A WebSocket to the same path has the streams as they go.',
        tags: schemas.tags,
        params: schemas.containerParams,
        body: schemas.command,
        response: { 200: schemas.success(schemas.commandResult), ...schemas.errors },
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      const { timeout, ...command } = readBody(request.body, (body) => {
        body.only(...commandMembers, 'input', 'timeout');
        const seconds = body.integer('timeout', 1, mostSeconds) ?? usualSeconds;
        return { ...readExec(body), input: body.text('input', { most: mostInput }) ?? '', timeout: seconds };
      });
      const container = await requireExec(core, principal, params.container_id);
      request.audit = { target: container.id };
      const gone = streams.begin(request, reply);
      if (gone === undefined) return reply.hijack();
      const release = sessions.take(holderName(principal));
      try {
        const run = { ...command, timeoutMs: timeout * 1000, signal: gone.signal };
        const { exitCode, ...output } = await runCommand(core, container, run);
        return enveloped({ exit_code: exitCode ?? null, timed_out: exitCode === undefined, ...output });
      } finally {
        release();
      }
    },
  );
}
