/** What becomes of containers whose making anew was ended in the middle, in the server's log. */
import type { RecreationObserver } from './core/containers/recreation/recreations.ts';
import type { Log } from './telemetry/log.ts';

export function recreationLog(log: Log): RecreationObserver {
  return {
    settled({ name, original }, { outcome, problem }) {
      const about = { container: name, original, outcome };
      if (problem === undefined) log.info(about, 'a container that was being made anew is whole again');
      else log.error({ ...about, err: problem }, 'a container is back under its name and does not run');
    },
    failed(error) {
      log.warn(
        { err: error },
        'a container that was being made anew cannot be brought to an end now; tried again',
      );
    },
  };
}
