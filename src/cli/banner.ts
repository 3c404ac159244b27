import { homedir } from 'node:os';
import { join } from 'node:path';
import { authMode, isLoopback, listenAddress, type Config } from '../config.ts';
import type { RunningServer } from '../main.ts';
import { version } from './version.ts';

const simulatedWarning = 'SIMULATED: no container really runs. For real ones leave out --engine simulated.';

/** What `serve` says once it serves. */
export function banner(config: Config, server: RunningServer): string {
  // Of any address, loopback is one that works from here.
  const url = (server.urls[0] ?? '').replace(/\/\/(0\.0\.0\.0|\[::\]):/, '//127.0.0.1:');
  const { engine, engineChoice } = server;
  const lines = [
    `Longshore ${version()}`,
    ...(engine.simulated ? ['', `  *** ${simulatedWarning} ***`] : []),
    '',
    `  ECS API   ${server.urls.join('  ')}`,
    `  Health    ${url}/health`,
    ...(server.metricsUrl === undefined ? [] : [`  Metrics   ${server.metricsUrl}`]),
    `  Engine    ${engine.name}: ${engine.description}`,
    ...engineChoice.tried.map(({ name, reason }) => `            not ${name}: ${reason}`),
    ...(engine.taskNetworkReason && !engine.simulated
      ? [`            task networks are the engine's own: ${engine.taskNetworkReason}`]
      : []),
    `  Data      ${server.dataDir}`,
    `  Auth      ${authWords(config)}`,
    ...(server.firstKey === undefined ? [] : firstKeyLines(server.firstKey, server, url)),
    '',
    'Try next:',
    ...tryNext(config, url),
  ];
  return `${lines.join('\n')}\n`;
}

/** Who can call, in the words of someone who has to decide whether that is meant. */
function authWords(config: Config): string {
  const mode = authMode(config);
  if (mode === 'required') return 'required: every caller needs a credential';
  const open = config.listen.filter((address) => !isLoopback(listenAddress(address).host));
  const who = open.length === 0 ? 'whoever is on this machine' : `WHOEVER REACHES ${open.join(', ')}`;
  if (mode === 'none') {
    return open.length === 0 ? 'none: only this machine can call' : `none: ${who} CAN RUN CONTAINERS HERE`;
  }
  return `optional: without a credential, ${who} may do what --anonymous-role ${config.anonymousRole} allows`;
}

function firstKeyLines(key: string, { dataDir }: RunningServer, url: string): string[] {
  return [
    '',
    'First admin key, shown only now: it may do everything, so keep it safe.',
    `  ${key}`,
    `  curl -H 'X-API-Key: ${key}' ${url}/auth/whoami`,
    `  For AWS's clients: npx longshore key create --aws --role operator${dataDirFlag(dataDir)}`,
  ];
}

function tryNext(config: Config, url: string): string[] {
  const keys = authMode(config) === 'required' ? '…' : 'any';
  const aws = `AWS_ACCESS_KEY_ID=${keys} AWS_SECRET_ACCESS_KEY=${keys} aws --region ${config.region}`;
  return [
    `  ${aws} --endpoint-url ${url} ecs create-cluster`,
    ...(authMode(config) === 'required'
      ? [`  npx longshore key create --role viewer${dataDirFlag(config.dataDir)}`]
      : [`  npx longshore demo --endpoint ${url} --image busybox`]),
    '  npx longshore doctor',
  ];
}

const dataDirFlag = (dataDir: string) =>
  dataDir === join(homedir(), '.longshore') ? '' : ` --data-dir ${dataDir}`;
