import { isLoopback, listenAddress, type Config } from '../config.ts';
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
    `  Auth      ${authMode(config)}`,
    '',
    'Try next:',
    `  AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any aws --region ${config.region} --endpoint-url ${url} ecs create-cluster`,
    `  npx longshore demo --endpoint ${url} --image busybox`,
    '  npx longshore doctor',
  ];
  return `${lines.join('\n')}\n`;
}

function authMode(config: Config): string {
  const open = config.listen.filter((address) => !isLoopback(listenAddress(address).host));
  return open.length === 0
    ? 'none: only this machine can call'
    : `none: WHOEVER REACHES ${open.join(', ')} CAN RUN CONTAINERS HERE`;
}
