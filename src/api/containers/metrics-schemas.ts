/** The OpenAPI document of metrics. As in schemas.ts, these say in public what is read by hand. */
import Type, { type TSchema } from 'typebox';

const extra = { additionalProperties: true };
const percent = (description: string) => Type.Number({ description });
const bytes = (description?: string) => Type.Integer(description === undefined ? {} : { description });
const orNull = (schema: TSchema, description: string) => Type.Union([schema, Type.Null()], { description });
const length = (description: string) => Type.Optional(Type.String({ description, examples: ['15s'] }));
const time = Type.String({ format: 'date-time', examples: ['2025-04-17T14:30:00Z'] });

export const query = Type.Object({
  range: length('What was used, since so long ago: up to 30d. 1h where only step is given.'),
  step: length(
    'Length of the steps of that. The shortest that is kept: 15s for 1h, 1m for 24h, 15m for 30d.',
  ),
  stream: Type.Optional(
    Type.Boolean({ description: 'Go on, as server-sent events, or NDJSON where that is accepted.' }),
  ),
  interval: length('Between two values of a stream, up to 60s.'),
});

const rate = orNull(Type.Number(), 'Per second on average; null where it was measured once only.');
const rateMax = orNull(Type.Number(), 'The most of those of its measurements.');
const stepOf = {
  timestamp: {
    ...time,
    description: 'When the step begins. A step in which nothing was measured is left out.',
  },
  samples: Type.Integer({ description: 'How many measurements are in it.' }),
  cpu_usage: orNull(Type.Number(), 'As above, on average; null where it was measured once only.'),
  cpu_usage_max: orNull(Type.Number(), 'The most of those of its measurements.'),
  memory_usage: percent('As above, on average.'),
  memory_usage_max: Type.Number(),
  memory_used_bytes: bytes(),
  memory_used_bytes_max: bytes(),
};
const traffic = Type.Object(
  { rx_bytes: bytes('Since it began.'), tx_bytes: bytes('Since it began.') },
  extra,
);
const trafficOfStep = Type.Object({
  rx_bytes: bytes('Since it began, at the end of the step.'),
  tx_bytes: bytes(),
  rx_bytes_per_second: rate,
  tx_bytes_per_second: rate,
  rx_bytes_per_second_max: rateMax,
  tx_bytes_per_second_max: rateMax,
});

const history = (step: TSchema) => ({
  range: Type.Optional(Type.String({ description: 'Of series.' })),
  step: Type.Optional(Type.String({ description: 'Of series.' })),
  series: Type.Optional(Type.Array(step, { description: 'Where range or step is given: oldest first.' })),
});

export const resources = Type.Object(
  {
    cpu_usage: percent('Percent of all cores.'),
    memory_usage: percent('Percent.'),
    disk_usage: percent('Percent of the file system with the data directory.'),
    network: traffic,
    ...history(
      Type.Object({
        ...stepOf,
        memory_total_bytes: bytes(),
        disk_usage: percent('Percent, on average.'),
        disk_usage_max: Type.Number(),
        disk_used_bytes: bytes(),
        disk_total_bytes: bytes(),
        load: Type.Number({ description: 'Runnable processes over a minute, on average.' }),
        network: trafficOfStep,
      }),
    ),
  },
  extra,
);

export const usage = Type.Object(
  {
    container_id: Type.String(),
    cpu_usage: percent('Percent of one core, as docker stats counts.'),
    memory_usage: percent('Percent of its limit, or of the machine.'),
    network: traffic,
    ...history(
      Type.Object({
        ...stepOf,
        memory_limit_bytes: bytes(),
        pids: Type.Number(),
        pids_max: Type.Integer(),
        network: trafficOfStep,
        block_io: Type.Object({
          read_bytes: bytes(),
          write_bytes: bytes(),
          read_bytes_per_second: rate,
          write_bytes_per_second: rate,
          read_bytes_per_second_max: rateMax,
          write_bytes_per_second_max: rateMax,
        }),
      }),
    ),
  },
  extra,
);
