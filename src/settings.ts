/** Every setting: its shape, default and meaning. `config.ts` finds the values. */
import { isIP } from 'node:net';
import Type, { type Static } from 'typebox';

const hostAndPort = '^(\\[[0-9a-fA-F:.]+\\]|[^\\s:/@\\[\\]]+):[0-9]{1,5}$';
const absoluteDirectory = '^/';
const count = '^[0-9]{1,9}$';
const network = '^[0-9a-fA-F:.]+(/[0-9]{1,3})?$';
const fileText = '^(/.*)?$';

/** The shape of the configuration. Every value starts as text, so patterns and choices are all a value needs. */
export const schema = Type.Object({
  listen: Type.Array(Type.String({ pattern: hostAndPort }), { minItems: 1, uniqueItems: true }),
  dataDir: Type.String({ pattern: absoluteDirectory }),
  engine: Type.Enum(['auto', 'docker', 'embedded', 'simulated']),
  accountId: Type.String({ pattern: '^[0-9]{12}$' }),
  region: Type.String({ pattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$' }),
  auth: Type.Enum(['auto', 'none', 'optional', 'required']),
  anonymousRole: Type.Enum(['none', 'viewer', 'operator']),
  jwtSecret: Type.String({ pattern: '^(.{32,})?$' }),
  jwtKey: Type.Array(Type.String({ pattern: absoluteDirectory })),
  jwksUrl: Type.String({ pattern: '^(https?://\\S+)?$' }),
  jwtIssuer: Type.String(),
  jwtAudience: Type.String(),
  tlsCert: Type.String({ pattern: fileText }),
  tlsKey: Type.String({ pattern: fileText }),
  clientCa: Type.String({ pattern: fileText }),
  clientRole: Type.Array(Type.String({ pattern: '^.+=[a-z*:,-]+$' })),
  rateLimit: Type.String({ pattern: count }),
  rateBurst: Type.String({ pattern: count }),
  rateExclude: Type.Array(Type.String({ pattern: network })),
  trustedProxy: Type.Array(Type.String({ pattern: network })),
  corsOrigin: Type.Array(Type.String({ pattern: '^https?://[^\\s/]+$' })),
  allowedHost: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]+$' })),
  metricsListen: Type.String({ pattern: `^$|${hostAndPort}` }),
  publishAddress: Type.String(),
  hostPath: Type.Array(Type.String({ pattern: absoluteDirectory })),
  hostNetwork: Type.Boolean(),
  insecureRegistry: Type.Array(Type.String({ pattern: '^[^\\s/@]+$' })),
  registryMirror: Type.Array(Type.String({ pattern: '^https?://[^\\s/]+(/\\S*)?$' })),
  redis: Type.String(),
  npmRegistry: Type.String({ pattern: '^(https?://[^\\s@?#]+)?$' }),
  pipIndex: Type.String({ pattern: '^(https?://[^\\s@?#]+|/.*)?$' }),
  artifactSpace: Type.String({ pattern: '^[1-9][0-9]{1,8}$' }),
  logLevel: Type.Enum(['debug', 'info', 'warn', 'error', 'silent']),
  reset: Type.Boolean(),
});

export type Config = Static<typeof schema>;
export type Key = keyof Config;

export interface Setting<K extends Key> {
  fallback: Config[K];
  /** What a value looks like, for `--help` and for the refusal of a bad one. */
  expects: string;
  meaning: string;
  /** A directory: `~` and relative paths are made absolute. */
  path?: true;
  /** Never printed. */
  secret?: true;
  /** What the pattern cannot say. */
  accepts?: (value: string) => boolean;
}

export const settings: { [K in Key]: Setting<K> } = {
  listen: {
    fallback: ['127.0.0.1:8080', '127.0.0.1:8000'],
    expects: 'host:port, e.g. 127.0.0.1:8080; port 0 takes a free one',
    meaning: 'addresses to serve on; replaces the defaults',
    accepts: isPort,
  },
  dataDir: {
    fallback: '~/.longshore',
    expects: 'directory',
    meaning: 'where the database, logs and layers are kept',
    path: true,
  },
  engine: {
    fallback: 'auto',
    expects: 'one of auto, docker, embedded, simulated',
    meaning: 'what runs the containers; auto: Docker or Podman that answers, else embedded',
  },
  accountId: { fallback: '000000000000', expects: '12 digits', meaning: 'account in ARNs' },
  region: {
    fallback: 'us-east-1',
    expects: 'a region such as us-east-1',
    meaning: "region in ARNs; a signed request's own region wins",
  },
  auth: {
    fallback: 'auto',
    expects: 'one of auto, none, optional, required',
    meaning: 'whether callers need a credential; auto: none on loopback addresses only, else required',
  },
  anonymousRole: {
    fallback: 'viewer',
    expects: 'one of none, viewer, operator',
    meaning: 'what callers without a credential may do under --auth optional, beside running functions',
  },
  jwtSecret: {
    fallback: '',
    expects: 'at least 32 characters',
    meaning: 'HS256 secret that tokens are signed with, in place of one kept in the data directory',
    secret: true,
  },
  jwtKey: {
    fallback: [],
    expects: 'PEM file with a public key (RSA, P-256 or Ed25519)',
    meaning: 'key that accepts tokens of another issuer',
    path: true,
  },
  jwksUrl: {
    accepts: isUrl,
    fallback: '',
    expects: 'URL, e.g. https://issuer.example/jwks.json',
    meaning: 'where the keys of another issuer of tokens are',
  },
  jwtIssuer: { fallback: '', expects: 'text', meaning: 'what `iss` of tokens from another issuer must be' },
  jwtAudience: {
    fallback: '',
    expects: 'text',
    meaning: 'what `aud` of tokens from another issuer must hold',
  },
  tlsCert: { fallback: '', expects: 'PEM file', meaning: 'certificate to serve with TLS', path: true },
  tlsKey: { fallback: '', expects: 'PEM file', meaning: 'its private key', path: true },
  clientCa: {
    fallback: '',
    expects: 'PEM file',
    meaning: 'authority whose client certificates are a credential',
    path: true,
  },
  clientRole: {
    fallback: [],
    expects: 'name=role or name=scope,scope, e.g. deploy=operator',
    meaning: 'what the client certificate with this common name may do',
  },
  rateLimit: {
    fallback: '100',
    expects: 'a number, 0 for no limit',
    meaning: 'requests per second per IP address on the ECS API',
  },
  rateBurst: {
    fallback: '0',
    expects: 'a number',
    meaning: 'requests above --rate-limit that may come at once, made up for over ten seconds',
  },
  rateExclude: {
    fallback: [],
    expects: 'IP address or network, e.g. 10.0.0.0/8',
    meaning: 'whose requests are not limited',
    accepts: isNetwork,
  },
  trustedProxy: {
    fallback: [],
    expects: 'IP address or network, e.g. 10.0.0.0/8',
    meaning: 'proxy whose X-Forwarded-For is believed',
    accepts: isNetwork,
  },
  corsOrigin: {
    fallback: [],
    expects: 'origin, e.g. https://app.example',
    meaning: 'site whose pages may call the REST APIs from a browser',
  },
  allowedHost: {
    fallback: [],
    expects: 'host name, e.g. longshore.example',
    meaning: 'name by which this server may be reached, beside IP addresses and localhost',
  },
  metricsListen: {
    fallback: '',
    expects: 'host:port, e.g. 127.0.0.1:9090',
    meaning: 'address of its own for /metrics, without a credential',
    accepts: (value) => value === '' || isPort(value),
  },
  publishAddress: {
    fallback: '127.0.0.1',
    expects: 'IP address, e.g. 0.0.0.0',
    meaning: 'where published ports of containers listen',
    accepts: (value) => isIP(value) !== 0,
  },
  hostPath: {
    fallback: [],
    expects: 'directory',
    meaning: 'directory of this machine that tasks may mount',
    path: true,
  },
  hostNetwork: {
    fallback: false,
    expects: 'true or false',
    meaning: "let containers use the machine's own network",
  },
  insecureRegistry: {
    fallback: [],
    expects: 'host[:port]',
    meaning: 'registry to use without TLS; loopback ones always are',
  },
  registryMirror: {
    accepts: isUrl,
    fallback: [],
    expects: 'URL, e.g. https://mirror.example',
    meaning: 'mirror of Docker Hub to ask first',
  },
  redis: {
    fallback: '',
    expects: 'URL, e.g. redis://127.0.0.1:6379, or rediss:// for TLS',
    meaning: 'Redis that keeps results of functions, in place of memory; it may be down',
    secret: true,
    accepts: (value) => value === '' || isRedis(value),
  },
  npmRegistry: {
    accepts: isUrl,
    fallback: 'https://registry.npmjs.org',
    expects: 'URL, e.g. https://npm.example; empty for none',
    meaning: 'where dependencies of functions in Node.js are fetched, and from nowhere else',
  },
  pipIndex: {
    accepts: (value) => value.startsWith('/') || isUrl(value),
    fallback: '',
    expects: 'URL, e.g. https://pypi.org/simple, or a directory of wheels; empty for none',
    meaning: 'where dependencies of functions in Python are fetched, and from nowhere else',
  },
  artifactSpace: {
    fallback: '2048',
    expects: 'MiB, at least 10',
    meaning: 'what installed dependencies and compiled functions may take of the disk',
  },
  logLevel: {
    fallback: 'info',
    expects: 'one of debug, info, warn, error, silent',
    meaning: 'least important log line to write',
  },
  reset: {
    fallback: false,
    expects: 'true or false',
    meaning: 'enable POST /_longshore/reset, which removes everything, for test suites',
  },
};

/** Known, but of a later version: refused, so that nobody believes it is in force. */
export const later: Record<string, { allows: (value: string) => boolean; hint: string }> = {
  database: { allows: () => false, hint: 'the database is SQLite in the data directory' },
  engine: { allows: (value) => value !== 'kubernetes', hint: settings.engine.expects },
};

function isPort(address: string): boolean {
  return Number(address.slice(address.lastIndexOf(':') + 1)) <= 65_535;
}

/** The patterns tell of which kind; a port beyond 65535 is one of the things that they cannot tell. */
function isUrl(text: string): boolean {
  return text === '' || URL.canParse(text);
}

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  const family = isIP(address);
  return family !== 0 && (prefix === undefined || Number(prefix) <= (family === 4 ? 32 : 128));
}

function isRedis(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || url.search !== '' || url.hash !== '') return false;
  if (!/^rediss?:$/.test(url.protocol) || !/^(\/[0-9]{0,3})?$/.test(url.pathname)) return false;
  // A percent sign in a password has to be written as %25.
  return /^([^%]|%[0-9a-fA-F]{2})*$/.test(url.username + url.password);
}
