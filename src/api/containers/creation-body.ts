/** The body of `POST /containers`: the document's members, and those that people expect beside them. */
import { commandWords } from '../../core/command-words.ts';
import type { CreationRequest } from '../../core/containers/creation.ts';
import { Problems } from '../../core/containers/problems.ts';
import type { HostContainerSpec } from '../../core/ports/host-container-spec.ts';
import { limitMembers, readBytes, readHealthCheck, readLimits, readRestartPolicy } from './limits-member.ts';
import { isObject, Members, mostItems, type TextForm } from './members.ts';
import { readPorts } from './ports-member.ts';
import { readVolumes } from './volumes-member.ts';

export const creationMembers = [
  ...['name', 'image', 'ports', 'environment', 'volumes', 'command', 'entrypoint', 'labels'],
  ...['restart_policy', 'network', 'user', 'working_dir', 'hostname', 'healthcheck', 'pull', 'start'],
  ...[
    'tty',
    'stdin_open',
    'init',
    'read_only',
    'privileged',
    'cap_add',
    'cap_drop',
    'devices',
    'security_opt',
  ],
  ...['sysctls', 'shm_size', 'stop_signal', 'stop_timeout', 'auto_remove', ...limitMembers],
];

export const containerName: TextForm = {
  most: 128,
  form: /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/,
  words: 'must be two or more letters, digits, _, . and -, beginning with a letter or digit.',
};
export const imageReference: TextForm = {
  most: 512,
  form: /^[a-zA-Z0-9][a-zA-Z0-9._-]*(?:[:/@][a-zA-Z0-9._-]+)*$/,
  words: 'must be an image reference such as nginx:latest.',
};
export const word: TextForm = { most: 255, form: /^[^\s\p{Cc}]+$/u, words: 'must hold no spaces.' };

export const workingDirectoryForm: TextForm = { form: /^\//, words: 'must be an absolute path.' };

/** Throws `InvalidParameter` with every member that is wrong. */
export function readCreation(source: unknown): CreationRequest {
  const problems = new Problems();
  const body = new Members(source ?? {}, { problems });
  body.only(...creationMembers);
  const image = body.text('image', imageReference);
  if (body.value('image') === undefined) body.refuse('image', 'is missing.');
  const ports = readPorts(body);
  const volumes = readVolumes(body);
  const spec = readSpec(body);
  const pull = body.choice('pull', ['missing', 'always', 'never']) ?? 'missing';
  const start = body.flag('start') ?? false;
  problems.refuse();
  const all = { ...spec, image: image!, ports: ports?.ports, mounts: volumes?.mounts };
  return {
    spec: Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as unknown as HostContainerSpec,
    pull,
    start,
    mountFields: volumes?.fields ?? [],
    portFields: ports?.fields ?? [],
  };
}

export function readSpec(body: Members): Omit<HostContainerSpec, 'image'> {
  const capabilities = { add: body.texts('cap_add', word), drop: body.texts('cap_drop', word) };
  return {
    name: body.text('name', containerName),
    entrypoint: readCommand(body, 'entrypoint'),
    command: readCommand(body, 'command'),
    environment: readEnvironment(body),
    labels: readTexts(body, 'labels'),
    workingDirectory: body.text('working_dir', workingDirectoryForm),
    user: body.text('user', word),
    hostname: body.text('hostname', {
      most: 63,
      form: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/,
      words: 'must be letters, digits, . and -.',
    }),
    tty: body.flag('tty'),
    interactive: body.flag('stdin_open'),
    network: body.text('network', word),
    restartPolicy: readRestartPolicy(body),
    limits: readLimits(body),
    autoRemove: body.flag('auto_remove'),
    healthCheck: readHealthCheck(body),
    stopSignal: body.text('stop_signal', signalForm),
    stopTimeoutSeconds: body.integer('stop_timeout', 0, 86_400),
    readOnlyRoot: body.flag('read_only'),
    init: body.flag('init'),
    privileged: body.flag('privileged'),
    capabilities:
      capabilities.add || capabilities.drop
        ? { add: capabilities.add ?? [], drop: capabilities.drop ?? [] }
        : undefined,
    securityOptions: body.texts('security_opt', word),
    devices: body.texts('devices', word)?.map(deviceOf),
    sysctls: readTexts(body, 'sysctls'),
    sharedMemoryBytes: readBytes(body, 'shm_size', 1),
  };
}

/** signal(7) */
const signals =
  'ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|' +
  'TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(?:\\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?';
export const signalForm: TextForm = {
  most: 16,
  form: new RegExp(`^(?:(?:SIG)?(?:${signals})|[1-9]|[1-5]\\d|6[0-4])$`),
  words: 'must be a signal such as SIGTERM, or its number.',
};

/** `/dev/fuse`, `/dev/sda:/dev/xvda:r` */
function deviceOf(text: string): { hostPath: string; containerPath: string; permissions: string } {
  const [hostPath = '', containerPath = hostPath, permissions = 'rwm'] = text.split(':');
  return { hostPath, containerPath, permissions };
}

/** Text is one line for the shell's rules of words, as Docker's own clients split it. */
export function readCommand(body: Members, name: string): string[] | undefined {
  const value = body.value(name);
  if (typeof value !== 'string') return body.texts(name, { most: 131_072 });
  if (body.text(name, { most: 131_072 }) === undefined) return undefined;
  return commandWords(value) ?? body.refuse(name, 'has a quote that is not closed.');
}

/** An object, or a list of `NAME=value` or one of them. Null takes no value: the image's own stays. */
export function readEnvironment(body: Members): Record<string, string> | undefined {
  const value = body.value('environment');
  if (!Array.isArray(value) && typeof value !== 'string') {
    return readTexts(body, 'environment', environmentName);
  }
  const entries = body.texts('environment', { most: 131_072 }) ?? [];
  return Object.fromEntries(
    entries.flatMap((entry, index) => {
      const equals = entry.indexOf('=');
      if (equals > 0) return [[entry.slice(0, equals), entry.slice(equals + 1)]];
      body.refuse(`environment[${index}]`, 'must be NAME=value.');
      return [];
    }),
  );
}

const environmentName = { form: /^[^=\0]+$/, words: 'a name must not be empty or hold = or NUL.' };
const labelName = { form: /^[^\0]+$/, words: 'a name must not be empty or hold NUL.' };

/** Texts by name; numbers and booleans as text. */
export function readTexts(
  body: Members,
  name: string,
  { form, words: why }: { form: RegExp; words: string } = labelName,
): Record<string, string> | undefined {
  const value = body.value(name);
  if (value === undefined) return undefined;
  if (!isObject(value)) return body.refuse(name, 'must be an object of texts.');
  const entries = Object.entries(value);
  if (entries.length > mostItems) return body.refuse(name, `must hold at most ${mostItems} members.`);
  const read: [string, string][] = [];
  for (const [key, given] of entries) {
    const field = `${name}["${key.slice(0, 100)}"]`;
    const text = textOf(given);
    if (!form.test(key)) body.refuse(field, why);
    else if (given === null) continue;
    else if (text === undefined) body.refuse(field, 'must be text.');
    else if (text.includes('\0')) body.refuse(field, 'holds a NUL character.');
    else read.push([key, text]);
  }
  return Object.fromEntries(read);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
