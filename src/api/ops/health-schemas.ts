import { Type } from 'typebox';

const state = Type.Enum(['ok', 'starting', 'down', 'unavailable']);
const tags = ['operations'];

export const healthSchema = {
  operationId: 'getHealth',
  summary: 'The state of the server and its parts',
  description: '200 as long as the server answers at all; `details` says what stands behind each component.',
  tags,
  response: {
    200: Type.Object(
      {
        status: Type.Enum(['ok', 'degraded']),
        version: Type.String({ examples: ['1.0.0'] }),
        components: Type.Object(
          { runtimes: Type.Record(Type.String(), state, { description: 'By language.' }) },
          { additionalProperties: state, description: 'controller, redis, postgres, engine.' },
        ),
        details: Type.Object({}, { additionalProperties: true }),
      },
      { description: 'The state.' },
    ),
  },
};

export const liveSchema = {
  operationId: 'getLiveness',
  summary: 'Whether the server answers',
  tags,
  response: { 200: Type.Object({ status: Type.Literal('ok') }, { description: 'It does.' }) },
};

export const readySchema = {
  operationId: 'getReadiness',
  summary: 'Whether the server can do its work',
  tags,
  response: {
    200: Type.Object({ status: Type.Literal('ready') }, { description: 'It can.' }),
    503: Type.Object(
      { status: Type.Literal('not ready'), reasons: Type.Array(Type.String()) },
      { description: 'It cannot; `reasons` say why.' },
    ),
  },
};

export const metricsSchema = {
  operationId: 'getMetrics',
  summary: 'Figures for Prometheus',
  description: 'Free over loopback; else with the scope `metrics:read`.',
  tags,
  response: {
    200: {
      description: "Prometheus' text format, version 0.0.4.",
      content: { 'text/plain': { schema: Type.String() } },
    },
  },
};
