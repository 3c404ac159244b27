/**
 * Docker as it comes: its own bridge, packet filter rules and port proxy, in the network namespace of this process,
 * which must be a private one. Everything it keeps is in one temporary directory.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers } from '../../test/fixtures/dockerd.ts';
import { removeCgroups, removeTree } from '../../test/fixtures/leftovers.ts';
import { start, until } from '../../test/fixtures/processes.ts';
import type { Cleanup } from './cleanup.ts';

/** The path of its socket. */
export async function startDockerd(cleanup: Cleanup): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lsbd-'));
  cleanup.add(() => removeTree(directory));
  const cgroup = `longshore-bench-${randomBytes(3).toString('hex')}`;
  cleanup.add(() => removeCgroups(cgroup));
  const socket = join(directory, 'docker.sock');
  // Not the machine's own configuration.
  const configuration = join(directory, 'daemon.json');
  await writeFile(configuration, '{}');
  const daemon = start('dockerd', [
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'run')],
    ...['--pidfile', join(directory, 'pid'), '--host', `unix://${socket}`],
    ...['--config-file', configuration, '--cgroup-parent', `/${cgroup}`],
  ]);
  cleanup.add(() => daemon.stop(30_000));
  const serves = async () => {
    if (daemon.child.exitCode !== null) throw new Error(`dockerd ended: ${daemon.output()}`);
    return answers(socket);
  };
  await until('dockerd', serves, 60_000);
  return socket;
}
