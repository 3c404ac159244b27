/** `volumes` of a container: `[{host_path, container_path}]` as the document has it, or a volume by its name. */
import type { HostMount } from '../../core/ports/host-container-spec.ts';
import { isObject, Members, mostItems } from './members.ts';

export interface ReadMounts {
  mounts: HostMount[];
  /** How the request calls what each mounts. */
  fields: string[];
}

export function readVolumes(body: Members): ReadMounts | undefined {
  const given = body.value('volumes');
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length > mostItems) {
    return body.refuse('volumes', `must be a list of at most ${mostItems} {host_path, container_path}.`);
  }
  const read: ReadMounts = { mounts: [], fields: [] };
  const targets = new Set<string>();
  (given as unknown[]).forEach((value, index) => {
    const path = `volumes[${index}]`;
    const volume = new Members(isObject(value) ? value : (value ?? false), { problems: body.problems, path });
    if (!isObject(value)) return;
    const mount = readVolume(volume);
    if (mount === undefined) return;
    if (targets.has(mount.target)) volume.refuse('container_path', 'is mounted twice.');
    targets.add(mount.target);
    read.mounts.push(mount);
    read.fields.push(volume.field(mount.type === 'bind' ? 'host_path' : 'volume'));
  });
  return read;
}

function readVolume(volume: Members): HostMount | undefined {
  volume.only('host_path', 'volume', 'container_path', 'read_only', 'mode');
  const target = readPath(volume, 'container_path');
  if (volume.value('container_path') === undefined) volume.refuse('container_path', 'is missing.');
  const readOnly = readMode(volume);
  const name = volume.text('volume', volumeName);
  const source = readPath(volume, 'host_path');
  const names = ['host_path', 'volume'].filter((each) => volume.value(each) !== undefined);
  if (names.length !== 1) {
    return volume.refuse('host_path', 'must be given, or volume in its place; not both.');
  }
  if (target === undefined) return undefined;
  const rest = { target, ...(readOnly !== undefined && { readOnly }) };
  if (source !== undefined) return { type: 'bind', source, ...rest };
  return name === undefined ? undefined : { type: 'volume', source: name, ...rest };
}

export const volumeName = {
  most: 255,
  form: /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/,
  words: 'must be two or more letters, digits, _, . and -, beginning with a letter or digit.',
};

/** Paths are taken as they are written: one that walks back up is refused, not resolved. */
function readPath(volume: Members, name: string): string | undefined {
  const path = volume.text(name);
  if (path === undefined) return undefined;
  if (!path.startsWith('/')) return volume.refuse(name, 'must be an absolute path.');
  if (path.split('/').includes('..')) return volume.refuse(name, 'must not contain "..".');
  if (name === 'container_path' && /^\/+$/.test(path)) return volume.refuse(name, 'must not be /.');
  return path;
}

function readMode(volume: Members): boolean | undefined {
  const readOnly = volume.flag('read_only');
  const mode = volume.choice('mode', ['ro', 'rw']);
  return mode === undefined ? readOnly : mode === 'ro';
}
