import { join } from 'node:path';

/** Where the private Podman keeps its things. */
export interface Locations {
  /** All of it that survives a reboot. */
  dataDirectory: string;
  /** Images, layers, containers' writable layers and Podman's database. Survives a reboot. */
  graphRoot: string;
  /** Configuration that we write for it. */
  configuration: string;
  /** Temporary files of pulls. */
  temporary: string;
  /** Everything that ends with a reboot. */
  runDirectory: string;
  runRoot: string;
  /** Podman's own state about this boot. */
  libpod: string;
  /** conmon writes the exit code of every container here, into a file named by its id. */
  exits: string;
  /** State of crun or runc. */
  runtimeState: string;
  socket: string;
  serviceLog: string;
  bootId: string;
}

/** The default for `runDirectory`: short, for a socket's path may have no more than 107 bytes. */
export const defaultRunDirectory = (owner: string) => `/run/longshore/${owner}`;

export function locationsOf(dataDirectory: string, runDirectory: string): Locations {
  return {
    dataDirectory,
    graphRoot: join(dataDirectory, 'storage'),
    configuration: join(dataDirectory, 'configuration'),
    temporary: join(dataDirectory, 'temporary'),
    runDirectory,
    runRoot: join(runDirectory, 'storage'),
    libpod: join(runDirectory, 'libpod'),
    exits: join(runDirectory, 'libpod', 'exits'),
    runtimeState: join(runDirectory, 'runtime'),
    socket: join(runDirectory, 'podman.sock'),
    serviceLog: join(runDirectory, 'podman.log'),
    bootId: join(runDirectory, 'boot-id'),
  };
}

/** Holds the number of the process that holds a container that runs. */
export const conmonPidFileOf = (locations: Locations, storageDriver: string, id: string) =>
  join(locations.runRoot, `${storageDriver}-containers`, id, 'userdata', 'conmon.pid');

/** Where Podman keeps the OCI bundle and the output of a container. */
export const bundleOf = (locations: Locations, storageDriver: string, id: string) =>
  join(locations.graphRoot, `${storageDriver}-containers`, id, 'userdata');
