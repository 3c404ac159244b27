import type { ContainerSpec } from '../../core/ports/engine.ts';

/** A container that asks for nothing, for tests to add to. */
export const plainContainer: ContainerSpec = {
  name: 'app',
  image: '',
  essential: true,
  environment: {},
  cpuUnits: 0,
  readonlyRootFilesystem: false,
  privileged: false,
  interactive: false,
  pseudoTerminal: false,
  init: false,
  extraHosts: [],
  dnsServers: [],
  dnsSearchDomains: [],
  tmpfs: [],
  mounts: [],
  ulimits: [],
  capabilities: { add: [], drop: [] },
  sysctls: {},
  labels: {},
  stopTimeoutSeconds: 2,
  log: { maxBytes: 10 * 1024 * 1024, maxFiles: 1 },
};
