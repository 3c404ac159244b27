import { Problems } from '../../core/containers/problems.ts';
import type { ContainerChanges } from '../../core/ports/host-containers.ts';
import { limitMembers, readLimits, readRestartPolicy } from './limits-member.ts';
import { Members } from './members.ts';

/** The body of `PATCH /containers/{id}`. Throws `InvalidParameter` with every member that is wrong, or without any. */
export function readChanges(source: unknown): ContainerChanges {
  const problems = new Problems();
  const body = new Members(source ?? {}, { problems });
  const known = ['restart_policy', ...limitMembers];
  body.only(...known);
  const changes: ContainerChanges = { limits: readLimits(body), restartPolicy: readRestartPolicy(body) };
  if (known.every((name) => body.value(name) === undefined)) {
    problems.add('body', `must have at least one of ${known.join(', ')}.`);
  }
  problems.refuse();
  return changes;
}
