/** What a container has written, and goes on writing. */
import type { HostLogLine, HostLogQuery } from '../ports/host-containers.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { levelOf, type Level } from './log-level.ts';
import { overRuns } from './log-runs.ts';
import { findContainer } from './visibility.ts';

export interface LogRequest extends Omit<HostLogQuery, 'matches'> {
  /** Absent: both. */
  streams?: readonly ('stdout' | 'stderr')[] | undefined;
  /** A part of the message, in any case. */
  search?: string | undefined;
  /** Only lines of these. */
  levels?: readonly Level[] | undefined;
}

export interface ContainerLogs {
  /** Without its slash, of the container. */
  name: string;
  lines: AsyncIterable<HostLogLine[]>;
  /** The cursor of the last line that was looked at, whether it matched or not. Undefined before the first. */
  reached: () => string | undefined;
}

/**
 * The container is found before the first line is read, so that what is wrong with it is told with a status. With
 * `follow` the lines go on over every run of the container, until it is removed, `until` has come or the signal fires;
 * none is lost or told twice in between. `tail` counts what matches.
 */
export async function readLogs(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  { streams, search, levels, ...range }: LogRequest,
): Promise<ContainerLogs> {
  const container = await findContainer(core, caller, reference);
  const host = hostOf(core);
  const isWanted = filterOf({ streams, search, levels });
  let reached: string | undefined;
  const query = {
    ...range,
    matches(line: HostLogLine) {
      reached = line.cursor;
      return isWanted(line);
    },
  };
  const lines = range.follow
    ? overRuns({ host, clock: core.clock, id: container.id, reached: () => reached }, query)
    : host.containers.logs(container, query);
  return { name: container.name, lines, reached: () => reached };
}

function filterOf({
  streams,
  search,
  levels,
}: Pick<LogRequest, 'streams' | 'search' | 'levels'>): (line: HostLogLine) => boolean {
  const part = search?.toLowerCase();
  return ({ stream, message }) =>
    (streams === undefined || streams.includes(stream)) &&
    (part === undefined || message.toLowerCase().includes(part)) &&
    (levels === undefined || levels.includes(levelOf(message)));
}
