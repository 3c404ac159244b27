import { groupsKilledForMemory } from '../../linux/kernel-log.ts';
import type { DockerClient } from './client/docker-client.ts';
import type { ContainerDetails } from './client/types.ts';
import type { OomJudge } from './found-tasks.ts';

const SIGKILLED = 137;
/** How long after the end of a container Docker may still learn why. */
const LATE_MS = 1000;
/** How long the kernel is asked: its log does not go back far where much happens. */
const LOGGED_MS = 60_000;
const LOOK_AGAIN_MS = 50;

/**
 * Docker hears of a kill for lack of memory and of the end that it brings by two ways (containerd's TaskOOM and
 * TaskExit). The end may come first, and then the other comes late, or never where the control group was gone before
 * containerd looked at it (cgroup v1). So for a container that was killed, and could have been for that, the kernel is
 * asked, which says it before it kills; and where it says nothing, Docker once more for a moment.
 */
export function dockersWord(
  client: Pick<DockerClient, 'inspectContainer'>,
  killedGroups: () => Promise<readonly string[]> = groupsKilledForMemory,
): OomJudge {
  return async (details) => {
    if (details.State.OOMKilled) return true;
    if (!wasKilled(details, LOGGED_MS)) return false;
    if ((await killedGroups()).some((group) => group.includes(details.Id))) return true;
    let latest: ContainerDetails | undefined = details;
    while (latest && !latest.State.OOMKilled && wasKilled(latest, LATE_MS)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      latest = await client.inspectContainer(details.Id);
    }
    return latest?.State.OOMKilled ?? false;
  };
}

/** Could have been for memory, and no longer ago than that. */
function wasKilled({ State, HostConfig }: ContainerDetails, withinMs: number): boolean {
  if (State.ExitCode !== SIGKILLED || !HostConfig.Memory) return false;
  return Date.now() - Date.parse(State.FinishedAt) < withinMs;
}
