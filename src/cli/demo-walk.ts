/** The demo itself: what a user of the ECS API does first, step by step, and everything undone at the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EcsClient, EcsTask } from './ecs-client.ts';
import { CliError } from './failure.ts';

const name = 'longshore-demo';
const containerName = 'web';
const pageText = 'Hello from a container that Longshore runs';
const pollMs = 200;
const requestLimitMs = 30_000;
/** A first pull over a slow line takes a while. */
const startLimitMs = 10 * 60_000;
const pageLimitMs = 20_000;
const stopLimitMs = 60_000;
const cleanUpLimitMs = 90_000;

/** Its own SIGTERM handler, for a process with id 1 has none by default. alpine's busybox has nc but no httpd. */
const pageServer = `
mkdir -p /tmp/www && echo '${pageText}' > /tmp/www/index.html
trap 'echo stopping; exit 0' TERM
if busybox --list | grep -qx httpd; then
  echo 'busybox httpd listens on port 8080'
  busybox httpd -f -v -p 8080 -h /tmp/www &
else
  echo 'busybox nc listens on port 8080'
  while true; do { printf 'HTTP/1.0 200 OK\\r\\n\\r\\n'; cat /tmp/www/index.html; } | busybox nc -l -p 8080; done &
fi
wait`;

interface Demo {
  client: EcsClient;
  image: string;
  say: (line: string) => unknown;
  /** Ends the demo early; what it made is removed all the same. */
  signal: AbortSignal;
}

interface Made {
  cluster: boolean;
  taskDefinitionArn?: string;
  taskArn?: string;
}

/** Throws what failed first, after cleaning up. */
export async function walk(demo: Demo): Promise<void> {
  const made: Made = { cluster: false };
  const failures: unknown[] = [];
  try {
    await create(demo, made);
    const task = await untilRunning(demo, made);
    await showPage(demo, task);
    await showLogs(demo, task);
  } catch (error) {
    failures.push(error);
  }
  failures.push(...(await cleanUp(demo, made)));
  if (failures.length > 0) throw failures[0];
  demo.say('Done.');
}

/** Its requests are never cut off: what they made could not be removed, for its ARN would be lost. */
async function create({ client, image, say, signal }: Demo, made: Made): Promise<void> {
  const limit = () => AbortSignal.timeout(requestLimitMs);
  say(`Creating cluster ${name}`);
  await client.call('CreateCluster', { clusterName: name }, limit());
  made.cluster = true;
  signal.throwIfAborted();

  say(`Registering task definition ${name}: a page on port 8080, from image ${image}`);
  const { taskDefinition } = await client.call<{ taskDefinition: { taskDefinitionArn: string } }>(
    'RegisterTaskDefinition',
    {
      family: name,
      networkMode: 'bridge',
      containerDefinitions: [
        {
          name: containerName,
          image,
          essential: true,
          memory: 64,
          entryPoint: ['sh', '-c'],
          command: [pageServer],
          portMappings: [{ containerPort: 8080, hostPort: 0 }],
          stopTimeout: 5,
        },
      ],
    },
    limit(),
  );
  made.taskDefinitionArn = taskDefinition.taskDefinitionArn;
  signal.throwIfAborted();

  say('Running a task');
  const answer = await client.call<{ tasks: EcsTask[]; failures: { reason?: string }[] }>(
    'RunTask',
    { cluster: name, taskDefinition: made.taskDefinitionArn },
    limit(),
  );
  made.taskArn = answer.tasks[0]?.taskArn;
  if (!made.taskArn) throw new CliError(`the task was not placed: ${answer.failures[0]?.reason}`);
}

async function untilRunning(demo: Demo, made: Made): Promise<EcsTask> {
  const task = await untilStatus(demo, made, ['RUNNING', 'STOPPED'], startLimitMs, demo.signal);
  if (task.lastStatus === 'RUNNING') return task;
  const container = task.containers[0];
  const exit = container?.exitCode === undefined ? '' : ` (exit code ${container.exitCode})`;
  const reason = [...new Set([task.stoppedReason, container?.reason])].filter(Boolean).join(': ');
  const hint = /^CannotPull/.test(reason) ? '' : '. The image must have a shell and busybox';
  throw new CliError(`the task stopped${exit}: ${reason}${hint}`);
}

async function untilStatus(
  { client, say }: Demo,
  made: Made,
  wanted: string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<EcsTask> {
  const start = Date.now();
  let last = '';
  while (Date.now() - start < limitMs) {
    const input = { cluster: name, tasks: [made.taskArn] };
    const { tasks } = await client.call<{ tasks: EcsTask[] }>('DescribeTasks', input, signal);
    const task = tasks[0];
    if (!task) throw new CliError('the task has vanished');
    if (task.lastStatus !== last) {
      last = task.lastStatus;
      say(`  ${last.padEnd(14)} after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
    if (wanted.includes(last)) return task;
    await sleep(pollMs, undefined, { signal });
  }
  throw new CliError(`the task is still ${last} after ${limitMs / 1000} s`);
}

async function showPage({ client, say, signal }: Demo, task: EcsTask): Promise<void> {
  const binding = task.containers[0]?.networkBindings?.[0];
  if (!binding?.hostPort) throw new CliError('the task has no published port');
  const isEverywhere = !binding.bindIP || ['0.0.0.0', '::'].includes(binding.bindIP);
  const host = isEverywhere ? new URL(client.endpoint).hostname : binding.bindIP;
  const url = `http://${host}:${binding.hostPort}/`;
  if (await client.isSimulated(signal)) {
    say(`SIMULATED engine: nothing runs, so there is no page at ${url}`);
    return;
  }
  say(`Fetching ${url}`);
  say(`  ${(await fetchPage(url, signal)).trim()}`);
}

/** The server inside the container needs a moment after its start. */
async function fetchPage(url: string, signal: AbortSignal): Promise<string> {
  const giveUp = Date.now() + pageLimitMs;
  while (true) {
    // Held by its timer; AbortSignal.timeout would be held by nothing, and may be collected before it fires.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('no answer within 5 seconds')), 5_000);
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, late.signal]) });
      const text = await response.text();
      if (text.includes(pageText)) return text;
      throw new CliError(`${url} answered ${response.status} and not the page of this demo`);
    } catch (error) {
      if (signal.aborted || Date.now() > giveUp) throw unreachable(url, error);
      await sleep(pollMs, undefined, { signal });
    } finally {
      clearTimeout(timer);
    }
  }
}

function unreachable(url: string, error: unknown): Error {
  if (error instanceof CliError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new CliError(`no page at ${url}: ${cause instanceof Error ? cause.message : String(cause)}`);
}

async function showLogs({ client, say, signal }: Demo, task: EcsTask): Promise<void> {
  say('Its output');
  const text = await (await client.logs(task.taskArn, containerName, { tail: '20' }, signal)).text();
  for (const line of text.trimEnd().split('\n')) say(`  ${line}`);
}

/** Goes on after a step that fails; gives what failed. */
async function cleanUp(demo: Demo, made: Made): Promise<unknown[]> {
  const { client, say } = demo;
  if (!made.cluster) return [];
  say('Cleaning up: task, task definition, cluster');
  const signal = AbortSignal.timeout(cleanUpLimitMs);
  const failures: unknown[] = [];
  const attempt = (step: Promise<unknown>) =>
    step.catch((error: unknown) => {
      say(`  ${error instanceof Error ? error.message : String(error)}`);
      failures.push(error);
    });

  if (made.taskArn) {
    await attempt(client.call('StopTask', { cluster: name, task: made.taskArn }, signal));
    await attempt(untilStatus(demo, made, ['STOPPED'], stopLimitMs, signal));
  }
  const { taskDefinitionArn } = made;
  if (taskDefinitionArn) {
    await attempt(client.call('DeregisterTaskDefinition', { taskDefinition: taskDefinitionArn }, signal));
    await attempt(client.call('DeleteTaskDefinitions', { taskDefinitions: [taskDefinitionArn] }, signal));
  }
  await attempt(client.call('DeleteCluster', { cluster: name }, signal));
  return failures;
}
