/** The output of single containers: in files that we rotate as those of tasks, and read ourselves. */
import { readLabels } from '../../docker/labels.ts';
import { usualLogLimits, type HostOutput } from '../../docker/engine-logs.ts';
import { logFileOf } from '../embedded-engine.ts';
import type { Locations } from '../locations.ts';
import { readLogFile } from '../log-file.ts';
import type { LogRotation } from '../log-rotation.ts';
import { conmonBytes } from '../rotated-log.ts';

export function rotatedOutput(
  locations: Locations,
  storageDriver: string,
  rotation: LogRotation,
): HostOutput {
  const fileOf = (id: string, running: boolean) => logFileOf(locations, storageDriver, { id, running });
  return {
    kept: { maxBytes: conmonBytes(usualLogLimits), maxFiles: 1 },
    read:
      ({ Id, State }) =>
      (query) =>
        readLogFile(fileOf(Id, State.Running), query),
    async started({ Id, Config }) {
      // Of a task, its output is rotated from the beginning on.
      if (readLabels(Config.Labels)?.taskId !== undefined) return;
      await rotation.end(Id);
      rotation.begin(Id, [{ path: fileOf(Id, true).path, limits: usualLogLimits, isNewRun: true }]);
    },
    removing: ({ Id }) => rotation.end(Id),
  };
}
