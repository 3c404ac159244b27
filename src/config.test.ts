import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authMode,
  flags,
  isLoopback,
  listenAddress,
  loadConfig,
  maskedConfig,
  maskSecrets,
  nearest,
} from './config.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'longshore-config-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function file(text: string): string {
  const path = join(directory, 'longshore.yaml');
  writeFileSync(path, text);
  return path;
}

describe('precedence', () => {
  it('takes the flag over the environment over the file over the default, and says which', () => {
    const { config, sources } = loadConfig({
      flags: { region: 'eu-west-1' },
      env: { LONGSHORE_REGION: 'eu-west-2', LONGSHORE_ENGINE: 'docker' },
      file: file('region: eu-west-3\nengine: embedded\naccount-id: 000000000042\n'),
    });
    expect(config).toMatchObject({ region: 'eu-west-1', engine: 'docker', accountId: '000000000042' });
    expect(config.logLevel).toBe('info');
    expect(sources).toMatchObject({
      region: 'flag',
      engine: 'environment',
      accountId: 'file',
      logLevel: 'default',
    });
  });

  it('replaces a list as a whole', () => {
    const env = { LONGSHORE_LISTEN: '127.0.0.1:1, [::1]:0' };
    expect(loadConfig({ env }).config.listen).toEqual(['127.0.0.1:1', '[::1]:0']);
    expect(loadConfig({ env, flags: { listen: ['localhost:9'] } }).config.listen).toEqual(['localhost:9']);
    expect(loadConfig({ file: file('listen: [127.0.0.1:5]') }).config.listen).toEqual(['127.0.0.1:5']);
  });

  it('finds the file by LONGSHORE_CONFIG and by a path relative to the directory', () => {
    const path = file('reset: true');
    expect(loadConfig({ env: { LONGSHORE_CONFIG: path } })).toMatchObject({
      config: { reset: true },
      file: path,
    });
    expect(loadConfig({ file: 'longshore.yaml', directory }).config.reset).toBe(true);
  });

  it('makes paths absolute from where they were given', () => {
    const path = file('data-dir: data\nhost-path: [~/shared, srv]');
    const { config } = loadConfig({ file: path, directory: '/elsewhere' });
    expect(config.dataDir).toBe(join(directory, 'data'));
    expect(config.hostPath).toEqual([join(homedir(), 'shared'), join(directory, 'srv')]);
    expect(loadConfig({ flags: { 'data-dir': 'data' }, directory: '/elsewhere' }).config.dataDir).toBe(
      '/elsewhere/data',
    );
    expect(loadConfig().config.dataDir).toBe(join(homedir(), '.longshore'));
  });

  it('treats an empty variable and those of a Kubernetes Service as absent', () => {
    const env = {
      LONGSHORE_REGION: '',
      LONGSHORE_PORT: 'tcp://10.0.0.1:80',
      LONGSHORE_SERVICE_HOST: '10.0.0.1',
    };
    expect(loadConfig({ env }).sources.region).toBe('default');
  });
});

describe('refusals', () => {
  const refused: [string, Parameters<typeof loadConfig>[0], RegExp][] = [
    ['unknown flag', { flags: { lissen: 'x' } }, /^unknown flag --lissen: did you mean --listen\?$/],
    ['unknown flag far from all', { flags: { zzzzzzzz: 'x' } }, /see longshore serve --help/],
    [
      'unknown variable',
      { env: { LONGSHORE_DATADIR: 'x' } },
      /LONGSHORE_DATADIR: did you mean LONGSHORE_DATA_DIR\?/,
    ],
    [
      'near choice',
      { flags: { engine: 'embeded' } },
      /^--engine embeded: did you mean embedded\? expected one of auto, docker/,
    ],
    ['far choice', { flags: { engine: 'lxc' } }, /^--engine lxc: expected one of auto, docker/],
    [
      'port too high',
      { flags: { listen: ['127.0.0.1:70000'] } },
      /^--listen 127.0.0.1:70000: expected host:port/,
    ],
    ['no port', { flags: { listen: ['127.0.0.1'] } }, /expected host:port/],
    ['second of a list', { flags: { listen: ['127.0.0.1:1', 'x'] } }, /^--listen x: expected host:port/],
    ['an address twice', { flags: { listen: ['127.0.0.1:1', '127.0.0.1:1'] } }, /same value twice/],
    ['account', { env: { LONGSHORE_ACCOUNT_ID: '12' } }, /^LONGSHORE_ACCOUNT_ID=12: expected 12 digits/],
    ['region', { flags: { region: 'Mars' } }, /expected a region such as us-east-1/],
    ['IP address', { flags: { 'publish-address': 'localhost' } }, /expected IP address/],
    ['switch', { env: { LONGSHORE_RESET: 'maybe' } }, /expected true or false/],
    ['empty list', { env: { LONGSHORE_LISTEN: ',' } }, /expected host:port/],
  ];
  it.each(refused)('%s', (_, input, message) => {
    expect(() => loadConfig(input)).toThrow(message);
  });

  const later: [string, string | string[]][] = [
    ['database', 'postgres://127.0.0.1/x'],
    ['engine', 'kubernetes'],
  ];
  it.each(later)('what a later version brings: --%s %s', (flag, value) => {
    expect(() => loadConfig({ flags: { [flag]: value } })).toThrow(/not available yet/);
  });

  it.each([
    [{ 'tls-cert': '/c' }, /--tls-cert and --tls-key belong together/],
    [{ 'client-ca': '/c' }, /--client-ca needs TLS/],
    [{ 'client-role': ['web=viewer'] }, /needs --client-ca/],
    [{ 'trusted-proxy': ['10.0.0.0/33'] }, /--trusted-proxy 10\.0\.0\.0\/33: expected IP address or network/],
    [{ 'metrics-listen': '127.0.0.1:70000' }, /--metrics-listen 127\.0\.0\.1:70000: expected host:port/],
    [{ 'cors-origin': ['https://a.example/path'] }, /expected origin/],
    [{ 'rate-limit': '-1' }, /--rate-limit -1: expected a number/],
  ])('of access: %j', (flags, message) => {
    expect(() => loadConfig({ flags })).toThrow(message);
  });

  it.each([
    'redis://:hunter2@',
    'http://:hunter2@127.0.0.1',
    'redis://:hunter2@127.0.0.1/x',
    'redis://127.0.0.1?password=hunter2',
    'redis://:hunter2%@127.0.0.1',
    'hunter2',
  ])('what is no Redis, without showing it: %s', (redis) => {
    expect(() => loadConfig({ flags: { redis } })).toThrow(/^--redis \*\*\*: expected URL, e\.g\. redis:/);
  });

  it.each(['jwks-url', 'npm-registry', 'pip-index', 'registry-mirror'])('what is no URL: --%s', (flag) => {
    const load = (url: string) => loadConfig({ flags: { [flag]: url } });
    expect(() => load('http://127.0.0.1:99999')).toThrow(`--${flag} http://127.0.0.1:99999: expected`);
    load('http://127.0.0.1:65535');
  });

  it('a short secret, without showing it', () => {
    expect(() => loadConfig({ flags: { 'jwt-secret': 'hunter2' } })).toThrow(
      /^--jwt-secret \*\*\*: expected at least 32 characters$/,
    );
  });

  it('never prints a password', () => {
    const flagsGiven = { database: 'postgres://me:hunter2@db/x' };
    expect(() => loadConfig({ flags: flagsGiven })).toThrow(/postgres:\/\/me:\*\*\*@db/);
  });

  it.each([
    ['nothing there', undefined, /cannot read .*ENOENT/],
    ['not YAML', 'a: [', /cannot read/],
    ['not a map', '- a', /must hold "key: value" lines/],
    ['unknown key', 'lissten: x', /unknown key lissten in .*: did you mean listen\?/],
    ['nested value', 'engine: {a: b}', /must be a value or a list/],
    ['two values', 'engine: [docker, embedded]', /give one value/],
    ['bad value', 'engine: dokcer', /engine: dokcer in .*did you mean docker\?/],
  ])('file: %s', (_, text, message) => {
    const path = text === undefined ? join(directory, 'absent.yaml') : file(text);
    expect(() => loadConfig({ file: path })).toThrow(message);
  });

  it('accepts an empty file', () => {
    expect(loadConfig({ file: file('# nothing yet\n') }).sources.engine).toBe('default');
  });
});

it('declares every flag once', () => {
  expect(new Set(flags.map((flag) => flag.name)).size).toBe(flags.length);
  expect(flags.map((flag) => flag.name)).toEqual(expect.arrayContaining(['listen', 'tls-cert', 'redis']));
});

it('asks for credentials as soon as another machine can call', () => {
  const mode = (flags: Record<string, string | string[]>) => authMode(loadConfig({ flags }).config);
  expect(mode({})).toBe('none');
  expect(mode({ listen: ['127.0.0.1:1', '0.0.0.0:80'] })).toBe('required');
  expect(mode({ listen: ['0.0.0.0:80'], auth: 'none' })).toBe('none');
  expect(mode({ auth: 'optional' })).toBe('optional');
});

it('shows no secret', () => {
  const redis = 'rediss://me:p@ss@[::1]:6380/2';
  const { config } = loadConfig({ flags: { 'jwt-secret': 'x'.repeat(32), redis } });
  expect(config.redis).toBe(redis);
  expect(maskedConfig(config)).toEqual({ ...config, jwtSecret: '***', redis: '***' });
});

it('reads addresses', () => {
  expect(listenAddress('[::1]:80')).toEqual({ host: '::1', port: 80 });
  expect(listenAddress('localhost:0')).toEqual({ host: 'localhost', port: 0 });
  expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '127.example.com', '10.0.0.1'].some(isLoopback)).toBe(false);
});

it('masks the passwords of URLs only', () => {
  expect(maskSecrets('redis://:pw@h:1/2 https://h:1/x')).toBe('redis://:***@h:1/2 https://h:1/x');
});

it('finds what was meant', () => {
  expect(nearest('sevre', ['serve', 'config'])).toBe('serve');
  expect(nearest('quux', ['serve', 'config'])).toBeUndefined();
});
