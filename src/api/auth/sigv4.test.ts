import { createHash, createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { everything } from '../../core/scopes.ts';
import { ManualClock } from '../../../test/fixtures/manual-clock.ts';
import { signatureVersion4 } from './sigv4.ts';

/** Of AWS's test suite for the algorithm (aws-sig-v4-test-suite), at its time. */
const suite = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const suiteTime = Date.UTC(2015, 7, 30, 12, 36, 0);
const scope = '20150830/us-east-1/service/aws4_request';
const principal = {
  subject: 'key:x',
  kind: 'access-key',
  scopes: everything,
  account: '000000000000',
} as const;

interface Message {
  method: string;
  url: string;
  /** In the order of the wire. */
  headers: [string, string][];
  body?: string;
}

async function authenticate(message: Message, now = suiteTime) {
  const method = signatureVersion4({
    clock: new ManualClock(now),
    accessKey: async (id) => (id === suite.id ? { principal, secret: suite.secret } : undefined),
  });
  const request = asRequest(message);
  expect(method.claims(request)).toBe(true);
  return method.authenticate(request, Buffer.from(message.body ?? ''));
}

/** With the headers as Node's parser joins them: all but the first of some repeated ones gone, others with `, `. */
function asRequest({ method, url, headers }: Message): FastifyRequest {
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    joined[key] = joined[key] === undefined ? value : `${joined[key]}, ${value}`;
  }
  const raw = { method, url, headers: joined, rawHeaders: headers.flat() };
  return { raw, headers: joined } as unknown as FastifyRequest;
}

const authorization = (signedHeaders: string, signature: string): [string, string] => [
  'Authorization',
  `AWS4-HMAC-SHA256 Credential=${suite.id}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
];
const host: [string, string] = ['Host', 'example.amazonaws.com'];
const date: [string, string] = ['X-Amz-Date', '20150830T123600Z'];

const vectors: [name: string, message: Message][] = [
  [
    'get-vanilla',
    {
      method: 'GET',
      url: '/',
      headers: [
        host,
        date,
        authorization('host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'),
      ],
    },
  ],
  [
    'post-vanilla',
    {
      method: 'POST',
      url: '/',
      headers: [
        host,
        date,
        authorization('host;x-amz-date', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'),
      ],
    },
  ],
  [
    'get-vanilla-query-order-key-case',
    {
      method: 'GET',
      url: '/?Param2=value2&Param1=value1',
      headers: [
        host,
        date,
        authorization('host;x-amz-date', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'),
      ],
    },
  ],
  [
    'get-utf8, as it goes over the wire unescaped',
    {
      method: 'GET',
      url: Buffer.from('/ሴ').toString('latin1'),
      headers: [
        host,
        date,
        authorization('host;x-amz-date', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'),
      ],
    },
  ],
  [
    'get-vanilla-utf8-query',
    {
      method: 'GET',
      url: Buffer.from('/?ሴ=bar').toString('latin1'),
      headers: [
        host,
        date,
        authorization('host;x-amz-date', '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'),
      ],
    },
  ],
  [
    'get-header-key-duplicate',
    {
      method: 'GET',
      url: '/',
      headers: [
        host,
        ['My-Header1', 'value2'],
        ['My-Header1', 'value2'],
        ['My-Header1', 'value1'],
        date,
        authorization(
          'host;my-header1;x-amz-date',
          'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
        ),
      ],
    },
  ],
  [
    'get-header-value-trim',
    {
      method: 'GET',
      url: '/',
      headers: [
        host,
        ['My-Header1', ' value1'],
        ['My-Header2', ' "a   b   c"'],
        date,
        authorization(
          'host;my-header1;my-header2;x-amz-date',
          'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
        ),
      ],
    },
  ],
  [
    'post-x-www-form-urlencoded',
    {
      method: 'POST',
      url: '/',
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        host,
        date,
        authorization(
          'content-type;host;x-amz-date',
          'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
        ),
      ],
      body: 'Param1=value1',
    },
  ],
];

describe("AWS's test suite", () => {
  it.each(vectors)('accepts %s', async (_, message) => {
    expect(await authenticate(message)).toBe(principal);
  });

  it.each(vectors)('refuses %s with another method', async (_, message) => {
    await expect(authenticate({ ...message, method: 'PUT' })).rejects.toMatchObject({
      code: 'InvalidSignature',
    });
  });
});

/** Signed by the steps of the specification, written out once more for the test. */
function signed(
  change: { timestamp?: string; secret?: string; headers?: [string, string][]; scope?: string } = {},
): Message {
  const timestamp = change.timestamp ?? '20150830T123600Z';
  const body = '{"cluster":"default"}';
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const headers: [string, string][] = [
    ['host', 'ecs.test'],
    ['x-amz-date', timestamp],
    ...(change.headers ?? []),
  ];
  const names = headers.map(([name]) => name).join(';');
  const canonical = [
    ...['POST', '/', ''],
    ...headers.map(([name, value]) => `${name}:${value}`),
    ...['', names, sha(body)],
  ].join('\n');
  const parts = (change.scope ?? `${timestamp.slice(0, 8)}/eu-west-1/ecs/aws4_request`).split('/');
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${change.secret ?? suite.secret}`) as Buffer;
  const toSign = ['AWS4-HMAC-SHA256', timestamp, parts.join('/'), sha(canonical)].join('\n');
  const header =
    `AWS4-HMAC-SHA256 Credential=${suite.id}/${parts.join('/')},SignedHeaders=${names},` +
    `Signature=${hmac(key, toSign).toString('hex')}`;
  return { method: 'POST', url: '/', headers: [...headers, ['authorization', header]], body };
}

const without = (message: Message, name: string): Message => ({
  ...message,
  headers: message.headers.filter(([each]) => each !== name),
});
const replaced = (message: Message, from: string | RegExp, to: string): Message => ({
  ...message,
  headers: message.headers.map(([name, value]) => [
    name,
    name === 'authorization' ? value.replace(from, to) : value,
  ]),
});

describe('Signature Version 4', () => {
  it('accepts a POST of any region', async () => {
    expect(await authenticate(signed())).toBe(principal);
  });

  it.each([
    ['a body that was changed', { ...signed(), body: '{"cluster":"other"}' }],
    ['another secret', signed({ secret: 'guessed' })],
    ['a query that was added', { ...signed(), url: '/?Action=DeleteCluster' }],
    ['another region in the scope', replaced(signed(), 'eu-west-1', 'us-east-1')],
  ])('refuses %s in the words of AWS', async (_, message) => {
    await expect(authenticate(message)).rejects.toMatchObject({
      code: 'InvalidSignature',
      message: containing('The request signature we calculated does not match the signature you provided'),
    });
  });

  it('refuses a key that is unknown, and any session token, for this server gives out none', async () => {
    const unknown = {
      code: 'UnknownAccessKey',
      message: 'The security token included in the request is invalid.',
    };
    await expect(authenticate(replaced(signed(), suite.id, 'AKIDOTHER'))).rejects.toMatchObject(unknown);
    const session = signed({ headers: [['x-amz-security-token', 'FwoGZXIvYXdzE']] });
    await expect(authenticate(session)).rejects.toMatchObject(unknown);
  });

  it.each([
    [15 * 60_000, true],
    [15 * 60_000 + 1000, false],
  ])('takes clocks that are %d ms apart: %s', async (apart, good) => {
    const late = authenticate(signed(), suiteTime + apart);
    const early = authenticate(signed(), suiteTime - apart);
    if (good) expect(await Promise.all([late, early])).toEqual([principal, principal]);
    else {
      await expect(late).rejects.toMatchObject({
        code: 'InvalidSignature',
        message:
          'Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)',
      });
      await expect(early).rejects.toMatchObject({
        code: 'InvalidSignature',
        message:
          'Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)',
      });
    }
  });

  it('refuses a scope of another day than the date', async () => {
    const message = signed({ scope: '20150829/eu-west-1/ecs/aws4_request' });
    await expect(authenticate(message)).rejects.toMatchObject({
      code: 'InvalidSignature',
      message: containing('Date in Credential scope does not match'),
    });
  });

  it('holds x-amz-content-sha256 to the body', async () => {
    const hash = createHash('sha256').update('{"cluster":"default"}').digest('hex');
    expect(await authenticate(signed({ headers: [['x-amz-content-sha256', hash]] }))).toBe(principal);
    for (const other of ['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', '0'.repeat(64)]) {
      const message = signed({ headers: [['x-amz-content-sha256', other]] });
      await expect(authenticate(message)).rejects.toMatchObject({ code: 'InvalidSignature' });
    }
  });

  it('is of the bytes of a header, whatever characters they are', async () => {
    const message = signed({ headers: [['x-name', 'Zoë ሴ']] });
    const headers = message.headers.map(([name, value]): [string, string] => [
      name,
      Buffer.from(value).toString('latin1'),
    ]);
    expect(await authenticate({ ...message, headers })).toBe(principal);
  });

  it.each([
    [
      'a target that is not signed',
      { ...signed(), headers: [...signed().headers, ['x-amz-target', 'X.StopTask']] },
      'x-amz-target',
    ],
    ['no date', without(signed(), 'x-amz-date'), 'neither X-Amz-Date nor Date'],
    [
      'a signed header that is missing',
      without(signed({ headers: [['x-other', '1']] }), 'x-other'),
      "'x-other'",
    ],
    ['a host that is not signed', replaced(signed(), 'host;', ''), "'host'"],
    ['another algorithm', replaced(signed(), 'HMAC-SHA256', 'ECDSA-P256-SHA256'), 'AWS4-HMAC-SHA256'],
    ['no credential', replaced(signed(), /Credential=[^,]*,/, ''), 'Credential'],
    ['a short credential', replaced(signed(), '/ecs/aws4_request', ''), 'Credential'],
    ['another end of the scope', replaced(signed(), 'aws4_request', 'aws5_request'), 'aws4_request'],
    ['a signature that is none', replaced(signed(), /Signature=.*/, 'Signature=abc'), 'Signature'],
    ['a part twice', replaced(signed(), 'SignedHeaders', 'Credential'), 'once each'],
  ] as [string, Message, string][])('refuses %s and names it', async (_, message, named) => {
    await expect(authenticate(message)).rejects.toMatchObject({
      code: 'Unauthorized',
      message: containing(named),
    });
  });

  it('is not asked about other credentials', () => {
    const method = signatureVersion4({ clock: new ManualClock(), accessKey: async () => undefined });
    const headers: [string, string][] = [['authorization', 'Bearer abc']];
    expect(method.claims(asRequest({ method: 'GET', url: '/?x=1', headers }))).toBe(false);
  });
});

function containing(text: string): { asymmetricMatch(value: unknown): boolean } {
  return { asymmetricMatch: (value) => typeof value === 'string' && value.includes(text) };
}
