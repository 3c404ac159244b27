/** `GET /audit`: who did what, newest first, as pages of JSON or as one stream of lines. */
import { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyPluginCallback } from 'fastify';
import Type, { type Static } from 'typebox';
import type { AuditLog, AuditQuery, FoundEntry } from '../../core/ports/audit.ts';
import type { Principal } from '../../core/principal.ts';
import { queryTime, timeSchema } from '../query-time.ts';
import { errorSchema } from './error-schema.ts';

const ndjson = 'application/x-ndjson';
const results = ['success', 'denied', 'failure'] as const;

const exact = (description: string, example: string) =>
  Type.Optional(Type.String({ maxLength: 256, description, examples: [example] }));

const querystring = Type.Object(
  {
    subject: exact('Of this caller.', 'user:ann'),
    operation: exact('Of this operation.', 'RunTask'),
    face: exact('Of this API.', 'ecs'),
    result: Type.Optional(Type.Enum([...results], { description: 'Of this outcome.' })),
    since: Type.Optional(timeSchema('From this time on.')),
    until: Type.Optional(timeSchema('Before this time.')),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'At most so many; a page has 100 unless told, a stream all.',
      }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 64, description: '`nextCursor` of the page before.' })),
  },
  { additionalProperties: false },
);

const entry = Type.Object(
  {
    at: Type.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] }),
    requestId: Type.String({ description: 'As the answer and the log have it.' }),
    subject: Type.String({
      description: '`unknown` where no good credential was shown.',
      examples: ['user:ann'],
    }),
    kind: Type.String({ description: 'How the caller said who it is.', examples: ['api-key'] }),
    keyId: Type.Optional(Type.String()),
    account: Type.String({ examples: ['000000000000'] }),
    address: Type.String({
      description: "Empty for the data directory's own socket.",
      examples: ['127.0.0.1'],
    }),
    face: Type.String({ examples: ['ecs'] }),
    operation: Type.String({ examples: ['RunTask'] }),
    target: Type.Optional(Type.String({ examples: ['web:3'] })),
    status: Type.Integer({ description: 'HTTP status.', examples: [200] }),
    result: Type.Enum([...results]),
    error: Type.Optional(Type.String({ examples: ['AccessDeniedException'] })),
  },
  { description: 'One call.' },
);

const page = Type.Object(
  {
    entries: Type.Array(entry),
    nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
  },
  { description: 'Newest first.' },
);

/** To clients a text; what is sent is a stream of it. */
const stream = Type.Unsafe<Readable>({ type: 'string', description: 'An entry as JSON on each line.' });

export function auditRoute(audit: AuditLog): FastifyPluginCallback {
  return (app, _, done) => {
    app.withTypeProvider<TypeBoxTypeProvider>().get(
      '/audit',
      {
        config: { access: { face: 'ops', scope: 'audit:read' } },
        schema: {
          operationId: 'listAudit',
          summary: 'Who did what, newest first',
          description:
            `Calls that change something, and logins. A caller sees its own account's; all with admin:accounts. ` +
            `With \`Accept: ${ndjson}\` all that match are sent, one entry a line.`,
          tags: ['audit'],
          querystring,
          response: {
            200: {
              description: 'Entries.',
              content: {
                'application/json': { schema: page },
                [ndjson]: { schema: stream },
              },
            },
            '4xx': errorSchema,
          },
        },
      },
      async (request, reply) => {
        const found = audit.read(auditQuery(request.query, request.principal));
        const { limit } = request.query;
        void reply.header('cache-control', 'no-store');
        if (request.headers.accept?.includes(ndjson)) {
          return reply.type(ndjson).send(Readable.from(lines(found, limit ?? Infinity)));
        }
        return readPage(found, limit ?? 100);
      },
    );
    done();
  };
}

function auditQuery(query: Static<typeof querystring>, caller: Principal): AuditQuery {
  const { subject, operation, face, result, cursor } = query;
  return {
    subject,
    operation,
    face,
    result,
    account: caller.scopes.allows('admin:accounts') ? undefined : caller.account,
    since: queryTime('since', query.since),
    until: queryTime('until', query.until),
    before: cursor,
  };
}

async function readPage(found: AsyncIterable<FoundEntry>, limit: number): Promise<Static<typeof page>> {
  const entries: FoundEntry['entry'][] = [];
  let last: string | undefined;
  for await (const each of found) {
    // One more than asked for is there: this page is not the last.
    if (entries.length === limit) return { entries, nextCursor: last };
    entries.push(each.entry);
    last = each.cursor;
  }
  return { entries };
}

async function* lines(found: AsyncIterable<FoundEntry>, limit: number): AsyncGenerator<string> {
  let count = 0;
  for await (const { entry: each } of found) {
    yield `${JSON.stringify(each)}\n`;
    if (++count === limit) return;
  }
}
