import type { DockerClient } from './client/docker-client.ts';
import type { ContainerDetails } from './client/types.ts';
import type { OomJudge } from './found-tasks.ts';

const SIGKILLED = 137;
/** How long after the end of a container Docker may still learn why. */
const LATE_MS = 1000;
const LOOK_AGAIN_MS = 50;

/**
 * Docker hears of a kill for lack of memory and of the end that it brings by two ways (containerd's TaskOOM and
 * TaskExit), and the end may come first. So a container that was killed, and could have been for that, is looked at
 * again for a moment.
 */
export function dockersWord(client: Pick<DockerClient, 'inspectContainer'>): OomJudge {
  return async (details) => {
    let latest: ContainerDetails | undefined = details;
    while (latest && !latest.State.OOMKilled && mayChange(latest)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      latest = await client.inspectContainer(details.Id);
    }
    return latest?.State.OOMKilled ?? false;
  };
}

function mayChange({ State, HostConfig }: ContainerDetails): boolean {
  if (State.ExitCode !== SIGKILLED || !HostConfig.Memory) return false;
  return Date.now() - Date.parse(State.FinishedAt) < LATE_MS;
}
