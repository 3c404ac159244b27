/** What making a container anew changes, or has changed, as the face tells it. */
import { withoutSecrets } from '../../core/containers/list.ts';
import type { PlannedRecreation, Recreation } from '../../core/containers/recreation/recreate.ts';
import type { Step } from '../../core/containers/recreation/steps.ts';
import type { HostContainerSpec } from '../../core/ports/host-container-spec.ts';
import type { Principal } from '../../core/principal.ts';
import { detailOf, limitsOf, mountOf, requestedPorts } from './views.ts';

export interface Change {
  /** As the request calls it: `image`, `environment["KEY"]`. */
  field: string;
  /** Null: the image's own, or none. */
  from: unknown;
  to: unknown;
}

export function previewOf(planned: PlannedRecreation, caller: Principal) {
  const { original, plan } = planned;
  return {
    id: original.id,
    name: original.name,
    changes: changesOf(planned, caller),
    ...orderOf(planned),
    steps: stepsOf(planned),
    warnings: plan.warnings,
  };
}

export function recreationOf(recreation: Recreation, caller: Principal) {
  const { original, details, steps, warnings, downtimeMs } = recreation;
  return {
    ...detailOf(withoutSecrets(details, caller)),
    recreated: {
      replaced_id: original.id,
      changes: changesOf(recreation, caller),
      ...orderOf(recreation),
      downtime_seconds: downtimeMs / 1000,
      steps: steps.map(stepOf),
    },
    warnings,
  };
}

const stepOf = ({ name, state, startedAt, finishedAt }: Step) => ({
  step: name,
  status: state,
  started_at: new Date(startedAt).toISOString(),
  seconds: finishedAt === undefined ? null : (finishedAt - startedAt) / 1000,
});

/** `downtime`: whether there is a time in which neither answers. */
const orderOf = ({ plan: { order, reasons } }: PlannedRecreation) => ({
  order,
  downtime: order === 'stop-first',
  reasons,
});

function stepsOf({ plan: { runs, order } }: PlannedRecreation): string[] {
  const up = runs ? [...(order === 'stop-first' ? ['stop-original'] : []), 'start', 'health'] : [];
  return ['pull', 'create', ...up, 'swap', 'remove-original'];
}

/** Values of environment variables only for those who may read them. */
function changesOf({ plan }: PlannedRecreation, caller: Principal): Change[] {
  const open = caller.scopes.allows('containers:secrets');
  const secret = (value: unknown) => (value === null || open ? value : '***');
  return [
    ...differences(plain(plan.before), plain(plan.spec)),
    ...differences(plan.before.environment ?? {}, plan.spec.environment ?? {}).map(({ field, from, to }) => ({
      field: `environment["${field}"]`,
      from: secret(from),
      to: secret(to),
    })),
  ];
}

type Reading = (spec: HostContainerSpec) => unknown;

/** As the request calls them. Undefined: the image's own, or none. */
const members: Record<string, Reading> = {
  image: (spec) => spec.image,
  entrypoint: (spec) => spec.entrypoint,
  command: (spec) => spec.command,
  working_dir: (spec) => spec.workingDirectory,
  user: (spec) => spec.user,
  hostname: (spec) => spec.hostname,
  tty: (spec) => spec.tty,
  stdin_open: (spec) => spec.interactive,
  ports: (spec) => Object.fromEntries(requestedPorts(spec.ports ?? [])),
  volumes: (spec) => (spec.mounts ?? []).map(mountOf),
  network: (spec) => spec.network,
  restart_policy: (spec) => spec.restartPolicy,
  auto_remove: (spec) => spec.autoRemove,
  healthcheck: (spec) => spec.healthCheck,
  stop_signal: (spec) => spec.stopSignal,
  stop_timeout: (spec) => spec.stopTimeoutSeconds,
  read_only: (spec) => spec.readOnlyRoot,
  init: (spec) => spec.init,
  privileged: (spec) => spec.privileged,
  cap_add: (spec) => spec.capabilities?.add,
  cap_drop: (spec) => spec.capabilities?.drop,
  security_opt: (spec) => spec.securityOptions,
  devices: (spec) => spec.devices,
  sysctls: (spec) => spec.sysctls,
  shm_size: (spec) => spec.sharedMemoryBytes,
};

/** Without labels of ours, which are marks. */
function plain(spec: HostContainerSpec): Record<string, unknown> {
  const labels = Object.entries(spec.labels ?? {}).filter(([label]) => !label.startsWith('longshore.'));
  return {
    ...Object.fromEntries(Object.entries(members).map(([name, read]) => [name, read(spec)])),
    ...limitsOf(spec),
    ...Object.fromEntries(labels.map(([label, value]) => [`labels["${label}"]`, value])),
  };
}

function differences(from: Record<string, unknown>, to: Record<string, unknown>): Change[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .filter((field) => JSON.stringify(from[field] ?? null) !== JSON.stringify(to[field] ?? null))
    .map((field) => ({ field, from: from[field] ?? null, to: to[field] ?? null }));
}
