/**
 * What a task definition may ask for that no engine here can do yet: refused when it is run. What changes nothing about
 * how a task runs today is stored instead; `docs/reference/ecs-operations.md` names both.
 */
import type { ContainerDefinition, TaskDefinition } from './ecs-model.ts';
import { AppError } from './errors.ts';

type Check<T> = [asks: (subject: T) => boolean, what: string];

const TASK_CHECKS: Check<TaskDefinition>[] = [
  [({ proxyConfiguration }) => proxyConfiguration !== undefined, 'proxyConfiguration'],
  [({ ipcMode }) => ipcMode === 'host', "ipcMode 'host'"],
  [({ inferenceAccelerators }) => nonEmpty(inferenceAccelerators), 'inferenceAccelerators'],
  [({ volumes }) => !!volumes?.some((volume) => volume.efsVolumeConfiguration), 'efsVolumeConfiguration'],
  [
    ({ volumes }) => !!volumes?.some((volume) => volume.dockerVolumeConfiguration),
    'dockerVolumeConfiguration',
  ],
  [
    ({ volumes }) => !!volumes?.some((volume) => volume.fsxWindowsFileServerVolumeConfiguration),
    'fsxWindowsFileServerVolumeConfiguration',
  ],
  [
    ({ volumes }) => !!volumes?.some((volume) => volume.configuredAtLaunch),
    'volumes that are configuredAtLaunch',
  ],
  [
    ({ runtimePlatform }) => !!runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS'),
    'operatingSystemFamily of Windows',
  ],
];

const CONTAINER_CHECKS: Check<ContainerDefinition>[] = [
  [({ secrets }) => nonEmpty(secrets), 'secrets'],
  [({ environmentFiles }) => nonEmpty(environmentFiles), 'environmentFiles'],
  [({ repositoryCredentials }) => repositoryCredentials !== undefined, 'repositoryCredentials'],
  [({ firelensConfiguration }) => firelensConfiguration !== undefined, 'firelensConfiguration'],
  [({ resourceRequirements }) => nonEmpty(resourceRequirements), 'resourceRequirements'],
  [({ restartPolicy }) => restartPolicy?.enabled === true, 'restartPolicy'],
  [({ dockerSecurityOptions }) => nonEmpty(dockerSecurityOptions), 'dockerSecurityOptions'],
  [({ credentialSpecs }) => nonEmpty(credentialSpecs), 'credentialSpecs'],
  [({ linuxParameters }) => nonEmpty(linuxParameters?.devices), 'linuxParameters.devices'],
  [({ portMappings }) => !!portMappings?.some((mapping) => mapping.containerPortRange), 'containerPortRange'],
  [
    ({ dependsOn }) => !!dependsOn?.some((dependency) => dependency.condition !== 'START'),
    'dependsOn with a condition other than START',
  ],
];

/** Throws UnsupportedFeature naming the member and the container. */
export function refuseUnsupported(definition: TaskDefinition): void {
  for (const [asks, what] of TASK_CHECKS) if (asks(definition)) throw unsupported(what);
  for (const container of definition.containerDefinitions ?? []) {
    for (const [asks, what] of CONTAINER_CHECKS) {
      if (asks(container)) throw unsupported(`${what} (container '${container.name}')`);
    }
  }
}

function nonEmpty(list: readonly unknown[] | undefined): boolean {
  return (list?.length ?? 0) > 0;
}

function unsupported(what: string): AppError {
  return new AppError('UnsupportedFeature', `The task definition uses ${what}, which is not available yet.`);
}
