/**
 * The OpenAPI document of the containers face. Requests are read by hand (members.ts), because every field that is
 * wrong is named at once and several have more than one form; these schemas say in public what that reading takes.
 */
import Type, { type TSchema } from 'typebox';

export const tags = ['containers'];
export const imageTags = ['images'];

const shown = <T>(examples: T[]) => (examples.length === 0 ? {} : { examples });
export const text = (description: string, examples: string[] = []) =>
  Type.String({ description, ...shown(examples) });
const any = (description: string, examples: unknown[] = []) =>
  Type.Unknown({ description, ...shown(examples) });
export const time = Type.String({ format: 'date-time', examples: ['2025-04-17T14:30:00Z'] });

export const success = (data: TSchema) =>
  Type.Object({ code: Type.Literal(200), message: Type.Literal('success'), data });

const errorBody = Type.Object(
  {
    code: Type.Integer({ examples: [400] }),
    message: Type.String({ description: 'What is wrong, and what to do about it.' }),
    errors: Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
      description: 'Every field that is wrong; empty where it is not about fields.',
    }),
  },
  { description: 'A refusal.' },
);
export const errors = { '4xx': errorBody, '5xx': errorBody };

export const containerParams = Type.Object({
  container_id: text('Full id, the beginning of one, or name.', ['web']),
});
export const imageParams = Type.Object({
  '*': Type.String({
    title: 'image_id',
    description: 'Id or reference; slashes as they are.',
    examples: ['nginx:latest'],
  }),
});

const container = {
  id: text('64 hexadecimal digits.'),
  name: Type.String(),
  status: text('created, running, paused, restarting, removing, exited or dead.', ['running']),
  image: text('As it was given.', ['nginx:latest']),
  created_at: time,
  task: Type.Union(
    [
      Type.Object({
        arn: Type.String(),
        cluster: Type.Union([Type.String(), Type.Null()]),
        definition: Type.Union([Type.String(), Type.Null()], { description: '<family>:<revision>' }),
        container: Type.String({ description: 'Its name in the task definition.' }),
      }),
      Type.Null(),
    ],
    { description: 'The task of the ECS API that it is a container of.' },
  ),
};
export const extra = { additionalProperties: true };
export const containerItem = Type.Object(container, extra);
export const containerDetail = Type.Object(container, extra);
export const listOf = (item: TSchema) =>
  Type.Object({ total: Type.Integer(), items: Type.Array(item) }, extra);
export const outcome = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.String(),
  changed: Type.Boolean({ description: 'False where it was so already.' }),
});

const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
};
export const optionalText = (description: string) => Type.Optional(text(description));
export const containersQuery = Type.Object({
  status: optionalText('One status or several with commas; also stopped and all.'),
  ...page,
  name: optionalText('A part of the name.'),
  label: optionalText('name or name=value; several times for all of them.'),
  image: optionalText('Reference or id.'),
  q: optionalText('A part of the name, the image or the id.'),
  sort: optionalText('created, name, status or image; -created for descending.'),
});

const settings = {
  ports: Type.Optional(
    any(
      'By <port>/<protocol>: a port of this machine, null for a free one, an address and port, or a list.',
      [{ '80/tcp': 8080 }],
    ),
  ),
  environment: Type.Optional(any('By name, or a list of NAME=value.', [{ KEY: 'value' }])),
  volumes: Type.Optional(
    any('Directories under --host-path, or volumes by name.', [
      [{ host_path: '/path/on/host', container_path: '/path/in/container' }],
    ]),
  ),
  command: Type.Optional(any('A list, or one line.')),
  entrypoint: Type.Optional(any('A list, or one line.')),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  restart_policy: Type.Optional(any('no, always, unless-stopped, on-failure or on-failure:<times>.')),
  memory_limit: Type.Optional(any('Bytes, or text such as 512m.')),
  cpu_limit: Type.Optional(Type.Number({ description: 'Cores, with fractions.' })),
};

export const creation = Type.Object(
  {
    image: text('Fetched where it is not there, unless pull says otherwise.', ['nginx:latest']),
    name: optionalText('Two or more letters, digits, _, . and -.'),
    ...settings,
    pull: optionalText('missing (default), always or never.'),
    start: Type.Optional(Type.Boolean({ description: 'Start it too.', default: false })),
  },
  extra,
);

export const changes = Type.Object(
  {
    memory_limit: Type.Optional(any('Bytes, or text such as 512m; 0 for none.')),
    cpu_limit: Type.Optional(Type.Number()),
    restart_policy: Type.Optional(any('no, always, unless-stopped, on-failure or on-failure:<times>.')),
  },
  extra,
);

export const recreationQuery = Type.Object({
  dry_run: Type.Optional(Type.Boolean({ description: 'Only tell what would change, and in which order.' })),
});
export const recreation = Type.Object(
  {
    image: optionalText('Another image, or another tag.'),
    ...settings,
    pull: optionalText('missing (default), always or never.'),
    start: Type.Optional(Type.Boolean({ description: 'Whether it runs afterwards; as before unless told.' })),
    order: optionalText(
      'start-first: both run for a while. stop-first: the old one stops before. Absent: start-first, unless both would ' +
        'publish a port or write to the same volume.',
    ),
    renew_anonymous_volumes: Type.Optional(
      Type.Boolean({ description: 'Volumes without a name begin empty.', default: false }),
    ),
    stable_seconds: Type.Optional(
      Type.Number({ description: 'How long one without a health check has to run.', default: 3 }),
    ),
    timeout_seconds: Type.Optional(
      Type.Number({ description: 'How long one with a health check has to become healthy.' }),
    ),
  },
  extra,
);

const force = {
  force: Type.Optional(Type.Boolean({ description: 'Also a container of a task, which decides over it.' })),
};
export const taskForceQuery = Type.Object(force);
export const stopQuery = Type.Object({
  timeout: Type.Optional(Type.Integer({ description: 'Seconds until SIGKILL.', minimum: 0 })),
  signal: optionalText("In place of the container's own stop signal."),
  ...force,
});
export const killQuery = Type.Object({ signal: optionalText('SIGKILL unless told.'), ...force });
export const removalQuery = Type.Object({
  force: Type.Optional(Type.Boolean({ description: 'Also one that runs, or that belongs to a task.' })),
  volumes: Type.Optional(Type.Boolean({ description: 'With its volumes that have no name.' })),
});

export const imagesQuery = Type.Object({
  ...page,
  dangling: Type.Optional(Type.Boolean({ description: 'Only those without a tag, or only those with one.' })),
  name: optionalText('A reference, with or without a tag; * stands for any part of a name.'),
  q: optionalText('A part of a tag or of the id.'),
  label: optionalText('name or name=value.'),
});
export const imageItem = Type.Object(
  {
    id: text('sha256:…'),
    name: Type.String(),
    tag: Type.String(),
    tags: Type.Array(Type.String()),
    size: Type.Integer({ description: 'Bytes.' }),
    created_at: time,
  },
  extra,
);
export const pull = Type.Object({
  name: text('With or without registry, tag and digest.', ['nginx']),
  tag: optionalText('Goes before the one in the name; latest where there is none.'),
});
export const pulled = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    tag: Type.String(),
    digest: Type.String(),
    status: Type.String(),
  },
  extra,
);
export const imageRemovalQuery = Type.Object({
  force: Type.Optional(Type.Boolean()),
  noprune: Type.Optional(Type.Boolean({ description: 'Keep parents without a tag.' })),
});

export const logsQuery = Type.Object({
  tail: Type.Optional(
    any('Only the last so many lines, at most 10000, or all. 100 where no start is given.'),
  ),
  since: optionalText('A time, seconds since 1970, how long ago (10m), or the next_since of an answer.'),
  until: optionalText('A time as since; not included.'),
  follow: Type.Optional(Type.Boolean({ description: 'Go on, as NDJSON or server-sent events.' })),
  stdout: Type.Optional(Type.Boolean()),
  stderr: Type.Optional(Type.Boolean()),
  level: optionalText(
    'Only lines of these levels, with commas: fatal, error, warn, info, debug, trace, unknown.',
  ),
  search: optionalText('A part of the message, in any case.'),
  format: optionalText('json or text.'),
  timestamps: Type.Optional(Type.Boolean({ description: 'Of text: the time before each line.' })),
  download: Type.Optional(Type.Boolean({ description: 'As a file.' })),
});
export const logs = Type.Object(
  {
    total: Type.Integer(),
    items: Type.Array(
      Type.Object(
        {
          timestamp: Type.String(),
          stream: Type.String({ description: 'stdout or stderr.' }),
          level: Type.String({ description: 'unknown where the line does not tell it.' }),
          message: Type.String(),
          cursor: Type.String({ description: 'As since: begins with the next line.' }),
        },
        extra,
      ),
    ),
    more: Type.Boolean({ description: 'There are more lines than fit in one answer.' }),
    next_since: Type.String({
      description: 'As since of the next request: what follows, no line lost or doubled.',
    }),
  },
  extra,
);

export const command = Type.Object({
  command: any('A list of words, or one line, which is split as a shell would and not expanded.', [
    ['ls', '-l'],
  ]),
  environment: Type.Optional(any('By name, or a list of NAME=value.')),
  user: optionalText('user, user:group, uid or uid:gid.'),
  working_dir: optionalText('An absolute path in the container.'),
  input: optionalText('What the command reads.'),
  timeout: Type.Optional(
    Type.Integer({ description: 'Seconds; then it is ended.', minimum: 1, maximum: 3600, default: 60 }),
  ),
});
export const commandResult = Type.Object({
  exit_code: Type.Union([Type.Integer(), Type.Null()], { description: 'Null where its time was over.' }),
  timed_out: Type.Boolean(),
  stdout: Type.String(),
  stderr: Type.String(),
  truncated: Type.Boolean({ description: 'It wrote more than is told here.' }),
});

export const removed = Type.Object({ id: Type.String(), removed: Type.Boolean() });
export const renaming = Type.Object({ name: text('Two or more letters, digits, _, . and -.') });
export const processes = Type.Object({
  titles: Type.Array(Type.String()),
  processes: Type.Array(Type.Array(Type.String())),
});
export const removedImage = Type.Object({
  untagged: Type.Array(Type.String()),
  deleted: Type.Array(Type.String()),
});
export const tagging = Type.Object({
  name: text('With or without registry and tag.'),
  tag: optionalText('Goes before the one in the name.'),
});

export const saveQuery = Type.Object({ name: text('Reference or id; several times for several.') });
export const anything = Type.Object({}, extra);
const label = optionalText('name or name=value; several times for all of them.');
export const eventsQuery = Type.Object({
  since: optionalText('A time, seconds since 1970, or how long ago; as far back as the engine remembers.'),
  kind: optionalText('container, image, volume, network; several with commas.'),
});
export const pruneQuery = Type.Object({
  preview: Type.Optional(
    Type.Boolean({ description: 'Only tell what would be removed, and the bytes that frees.' }),
  ),
  label,
  before: optionalText('Only what was made before: a time, or how long ago (24h).'),
  all: Type.Optional(Type.Boolean({ description: 'Of images: all without a container.' })),
});
export const forceQuery = Type.Object({ force: Type.Optional(Type.Boolean()) });
export const volumeParams = Type.Object({ name: Type.String() });
export const volumesQuery = Type.Object({
  ...page,
  name: optionalText('A part of the name.'),
  label,
  unused: Type.Optional(Type.Boolean({ description: 'Only those that no container has, or only others.' })),
});
export const volume = Type.Object({
  name: optionalText('Made up where absent.'),
  driver: optionalText('local unless told.'),
  driver_opts: Type.Optional(Type.Record(Type.String(), Type.String())),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export const networkParams = Type.Object({ network_id: text('Id or name.') });
export const networksQuery = Type.Object({ ...page, name: optionalText('A part of the name.'), label });
export const network = Type.Object({
  name: Type.String(),
  driver: optionalText('bridge unless told.'),
  internal: Type.Optional(Type.Boolean({ description: 'Without a way out.' })),
  subnet: optionalText('Such as 10.5.0.0/16.'),
  gateway: optionalText('An address of the subnet.'),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export const connection = Type.Object({
  container: text('Id or name.'),
  aliases: Type.Optional(Type.Array(Type.String())),
});
export const pageQuery = Type.Object(page);
export const jobParams = Type.Object({ job_id: Type.String() });
/** A job was begun. */
export const accepted = Type.Object({
  code: Type.Literal(202),
  message: Type.Literal('accepted'),
  data: anything,
});
export const told = {
  description: 'One after the other, until the client goes.',
  content: {
    'text/event-stream': { schema: Type.String({ description: 'Server-sent events.' }) },
    'application/x-ndjson': { schema: Type.String({ description: 'One JSON text per line.' }) },
  },
};
