/** Piston's API, version 2, so that its clients run programs here. Its WebSocket and its packages are not offered. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { FunctionsCore } from '../../core/functions/context.ts';
import { runProgram, type ProgramOutcome, type ProgramRequest } from '../../core/functions/program-run.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RouteAccess } from '../access.ts';
import { sendPistonError } from './errors.ts';
import { findRuntime, pistonRuntimes, type PistonRuntime } from './languages.ts';
import * as schemas from './schemas.ts';

export interface PistonFaceOptions {
  core: FunctionsCore;
  log: Log;
}

const prefix = '/api/v2';
const tags = ['piston'];
const usualTimeoutMs = 3_000;
const reading: RouteAccess = { face: 'piston', scope: 'authenticated' };

export function pistonFace({ core, log }: PistonFaceOptions): FastifyPluginCallback {
  return (instance: FastifyInstance, _, done) => {
    instance.setErrorHandler((error, request, reply) => sendPistonError(error, request, reply, log));
    const app = instance.withTypeProvider<TypeBoxTypeProvider>();

    app.post(
      `${prefix}/execute`,
      {
        config: {
          access: {
            face: 'piston',
            scope: 'execute:script',
            operation: 'ExecuteProgram',
            limit: 'execute',
            audited: false,
          },
        },
        schema: {
          operationId: 'executeProgram',
          summary: "Run a program once, as Piston's API does",
          tags,
          body: schemas.executeBody,
          response: { 200: schemas.executed, ...schemas.errors },
        },
      },
      async ({ principal, body }) => {
        const runtime = await requireRuntime(body);
        const outcome = await runProgram(core, principal, programOf(body, runtime));
        return { language: runtime.language, version: runtime.version, run: stageOf(outcome) };
      },
    );

    app.get(
      `${prefix}/runtimes`,
      {
        config: { access: reading },
        schema: {
          operationId: 'listProgramRuntimes',
          summary: 'Languages that programs may be in',
          tags,
          response: { 200: schemas.runtimes, ...schemas.errors },
        },
      },
      async () =>
        (await pistonRuntimes(core)).map(({ language, version, aliases, runtime }) => ({
          language,
          version,
          aliases: [...aliases],
          ...(runtime !== undefined && { runtime }),
        })),
    );

    app.route({
      method: ['GET', 'POST', 'DELETE'],
      url: `${prefix}/packages`,
      config: { access: { ...reading, audited: false } },
      schema: { hide: true },
      handler: () => {
        throw new AppError(
          'NotImplemented',
          "Languages are this machine's own, and are not installed over this API: install them there and start the " +
            `server again. GET ${prefix}/runtimes tells which there are.`,
        );
      },
    });
    done();
  };

  async function requireRuntime({ language, version }: schemas.ExecuteBody): Promise<PistonRuntime> {
    const runtimes = await pistonRuntimes(core);
    const found = findRuntime(runtimes, language, version);
    if (found !== undefined) return found;
    const there = runtimes.map((each) => `${each.language} ${each.version}`).join(', ');
    throw new AppError(
      'InvalidParameter',
      `${language.slice(0, 50)}-${version.slice(0, 50)} runtime is unknown: there are ${there || 'none'}.`,
      { field: 'language' },
    );
  }
}

function programOf(body: schemas.ExecuteBody, { name }: PistonRuntime): ProgramRequest {
  const {
    stdin = '',
    args = [],
    run_timeout: timeoutMs = usualTimeoutMs,
    run_memory_limit: memory = -1,
  } = body;
  const files = body.files.map((file, index) => ({
    name: file.name ?? `file${index}.code`,
    content: Buffer.from(file.content, file.encoding ?? 'utf8'),
  }));
  const main = body.files.findIndex(({ encoding = 'utf8' }) => encoding === 'utf8');
  if (main === -1) {
    throw new AppError(
      'InvalidParameter',
      'files must include at least one in utf8: it is the one that is run.',
      {
        field: 'files',
      },
    );
  }
  return {
    language: name,
    files,
    main: files[main]!.name,
    args,
    stdin,
    timeoutMs,
    cpuTimeoutMs: body.run_cpu_time ?? timeoutMs,
    ...(memory >= 0 && { memoryBytes: memory }),
  };
}

const stops: Record<
  NonNullable<ProgramOutcome['stopped']>,
  [status: schemas.Stage['status'], message: string]
> = {
  timeout: ['TO', 'Time limit exceeded (wall clock)'],
  cpu: ['TO', 'Time limit exceeded (processor)'],
  memory: ['SG', 'Memory limit exceeded'],
  stdout: ['OL', 'stdout length exceeded'],
  stderr: ['EL', 'stderr length exceeded'],
};

function stageOf(outcome: ProgramOutcome): schemas.Stage {
  const {
    stdout,
    stderr,
    output,
    code = null,
    signal = null,
    cpuMs = null,
    wallMs,
    memoryBytes = null,
  } = outcome;
  const [status, message] = endOf(outcome);
  const wall = Math.round(wallMs);
  return {
    stdout,
    stderr,
    output,
    code,
    signal,
    message,
    status,
    cpu_time: cpuMs,
    wall_time: wall,
    memory: memoryBytes,
  };
}

function endOf({ stopped, signal, code }: ProgramOutcome): [schemas.Stage['status'], string | null] {
  if (stopped !== undefined) return stops[stopped];
  if (signal === 'SIGKILL')
    return ['SG', 'Killed by SIGKILL: it used more memory than it may, or was killed from inside'];
  if (signal !== undefined) return ['SG', `Caught fatal signal ${signal}`];
  if (code !== 0) return ['RE', `Exited with error status ${code}`];
  return [null, null];
}
