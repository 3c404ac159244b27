/** What a container has written, and goes on writing. */
import type { HostLogLine, HostLogQuery } from '../ports/host-containers.ts';
import type { Principal } from '../principal.ts';
import { hostOf, type ContainersCore } from './context.ts';
import { findContainer } from './visibility.ts';

export interface LineFilter {
  /** A part of the message, in any case. */
  search?: string | undefined;
}

/** The container is found before the first line is read, so that what is wrong with it is told with a status. */
export async function readLogs(
  core: ContainersCore,
  caller: Principal,
  reference: string,
  query: HostLogQuery & LineFilter,
): Promise<AsyncIterable<HostLogLine>> {
  const { id } = await findContainer(core, caller, reference);
  const { search, tail, ...range } = query;
  const { containers } = hostOf(core);
  if (search === undefined) return containers.logs(id, tail === undefined ? range : { ...range, tail });
  const matching = filtered(containers.logs(id, range), search.toLowerCase());
  return tail === undefined || range.follow === true ? matching : lastOf(matching, tail);
}

async function* filtered(lines: AsyncIterable<HostLogLine>, part: string): AsyncGenerator<HostLogLine> {
  for await (const line of lines) if (line.message.toLowerCase().includes(part)) yield line;
}

async function* lastOf(lines: AsyncIterable<HostLogLine>, count: number): AsyncGenerator<HostLogLine> {
  if (count === 0) return;
  let kept: HostLogLine[] = [];
  for await (const line of lines) {
    kept.push(line);
    if (kept.length > count * 2 + 1024) kept = kept.slice(-count);
  }
  yield* kept.slice(-count);
}
