/** What a container was asked for, without what its image gave it: that is the next image's to give. */
import type { HealthCheck, HostContainerSpec } from '../../ports/host-container-spec.ts';
import type { HostContainerDetails } from '../../ports/host-containers.ts';
import type { HostImageDetails } from '../../ports/host-images.ts';

/** Without an image everything counts as asked for. */
export function ownSpec(
  { spec }: HostContainerDetails,
  image: HostImageDetails | undefined,
): HostContainerSpec {
  if (image === undefined) return spec;
  const { entrypoint, command, workingDirectory, user, healthCheck, stopSignal, ...rest } = spec;
  const isEntrypoint = sameList(entrypoint, image.entrypoint);
  const isCommand = isEntrypoint && sameList(command, image.command);
  return {
    ...rest,
    environment: withoutGiven(spec.environment, image.environment),
    labels: withoutGiven(spec.labels, image.labels),
    ...(!isEntrypoint && { entrypoint }),
    ...(!isCommand && { command }),
    ...(directory(workingDirectory) !== directory(image.workingDirectory) && { workingDirectory }),
    ...(user !== image.user && { user }),
    ...(!sameCheck(healthCheck, image.healthCheck) && { healthCheck }),
    ...(signal(stopSignal) !== signal(image.stopSignal) && { stopSignal }),
  };
}

function withoutGiven(
  own: Record<string, string> = {},
  given: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(own).filter(([name, value]) => given[name] !== value));
}

const sameList = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const directory = (path = ''): string => path || '/';

/** Podman gives numbers. */
const signalNumbers: Record<string, string> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  9: 'KILL',
  10: 'USR1',
  12: 'USR2',
  15: 'TERM',
};
const signal = (text = 'TERM'): string => signalNumbers[text] ?? text.replace(/^SIG/, '');

/** With what engines take for what is not said; Podman writes that out. */
function sameCheck(one: HealthCheck | undefined, other: HealthCheck | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return JSON.stringify(writtenOut(one)) === JSON.stringify(writtenOut(other));
}

/** Docker's reference of `HEALTHCHECK`. */
export const usualCheck = { intervalSeconds: 30, timeoutSeconds: 30, retries: 3, startPeriodSeconds: 0 };

export function writtenOut(check: HealthCheck): Required<HealthCheck> {
  const { test, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds } = check;
  return {
    test,
    intervalSeconds: intervalSeconds ?? usualCheck.intervalSeconds,
    timeoutSeconds: timeoutSeconds ?? usualCheck.timeoutSeconds,
    retries: retries ?? usualCheck.retries,
    startPeriodSeconds: startPeriodSeconds ?? usualCheck.startPeriodSeconds,
  };
}
