/** What to do next for a task: a pure function of what is stored, what is seen and what is already under way. */
import type { TaskRecord } from '../core/records.ts';

export type Activity = 'starting' | 'finishing';

export interface Observation {
  activity: Activity | undefined;
  /** Containers have ended that the record does not show as ended yet. */
  unrecordedExits: boolean;
  /** The engine was seen to have the task with all its containers started. */
  started: boolean;
}

export type Step =
  /** Nothing to do until something changes. */
  | 'wait'
  /** Bring it up, from whatever is there. */
  | 'start'
  /** The engine already runs what the record does not show as running. */
  | 'adopt'
  /** Give up a start that is under way. */
  | 'cancel'
  /** Write down which containers have ended. */
  | 'record-exits'
  /** Stop what runs, keep its output, remove it, and end the task. */
  | 'finish'
  /** The task has ended: make sure that nothing of it is left. */
  | 'forget';

export function nextStep(
  record: Pick<TaskRecord, 'phase' | 'desiredStatus' | 'lastStatus'>,
  seen: Observation,
): Step {
  if (record.phase === 'ended') return seen.activity ? 'wait' : 'forget';
  if (seen.activity === 'finishing') return 'wait';
  if (seen.activity === 'starting') return record.desiredStatus === 'STOPPED' ? 'cancel' : 'wait';
  if (record.desiredStatus === 'STOPPED') return 'finish';
  if (record.lastStatus !== 'RUNNING') return seen.started ? 'adopt' : 'start';
  return seen.unrecordedExits ? 'record-exits' : 'wait';
}
