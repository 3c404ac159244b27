/**
 * Everything that can be configured, in one schema. A value comes from the first place that has it:
 * flag, environment (`LONGSHORE_` + the flag in upper case with `_`), YAML file (keys are the flags' names), default.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { parse as parseYaml } from 'yaml';
import { nearest } from './core/nearest.ts';
import { later, schema, settings, type Config, type Key, type Setting } from './settings.ts';

export { nearest };
export type { Config } from './settings.ts';

/** Names under LONGSHORE_ that are read elsewhere. */
const otherEnvironment = ['LONGSHORE_API_KEY', 'LONGSHORE_CONFIG', 'LONGSHORE_ENDPOINT', 'LONGSHORE_LONG'];
/** Kubernetes sets these in every Pod of a namespace that has a Service called longshore. */
const serviceEnvironment = /^LONGSHORE_(SERVICE_|PORT$|PORT_)/;

/** A configuration that cannot be used. The message says what to change. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

export type Source = 'flag' | 'environment' | 'file' | 'default';

export interface LoadedConfig {
  config: Config;
  sources: Record<Key, Source>;
  /** The YAML file that was read. */
  file?: string;
}

export interface Flag {
  /** Without the dashes. */
  name: string;
  /** Undefined for one of a later version. */
  key?: Key;
  kind: 'value' | 'list' | 'switch';
  expects: string;
  meaning: string;
  fallback: string;
}

const keys = Object.keys(settings) as Key[];
const flagOf = (key: Key) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variableOf = (flag: string) => `LONGSHORE_${flag.toUpperCase().replaceAll('-', '_')}`;
const laterOnly = Object.keys(later).filter((name) => !keys.some((key) => flagOf(key) === name));
const kindOf = (key: Key): Flag['kind'] =>
  Array.isArray(settings[key].fallback)
    ? 'list'
    : typeof settings[key].fallback === 'boolean'
      ? 'switch'
      : 'value';

/** Every flag of `longshore serve`, for the command line to declare. */
export const flags: readonly Flag[] = [
  ...keys.map((key) => ({
    name: flagOf(key),
    key,
    kind: kindOf(key),
    expects: settings[key].expects,
    meaning: settings[key].meaning,
    fallback: String(settings[key].fallback),
  })),
  ...laterOnly.map((name) => ({
    name,
    kind: 'value' as const,
    expects: 'value',
    meaning: 'not available yet',
    fallback: '',
  })),
];

/** What a place gave: `label` is how a message names it, `base` what its relative paths start from. */
interface Given {
  source: Source;
  label: (flag: string, value: string) => string;
  base: string;
  values: Map<string, string[]>;
}

export interface ConfigInput {
  /** By flag name without dashes. */
  flags?: Record<string, string | boolean | string[] | undefined>;
  env?: NodeJS.ProcessEnv;
  /** YAML file; the environment's LONGSHORE_CONFIG where absent. */
  file?: string;
  /** What relative paths on the command line start from. */
  directory?: string;
}

/** Reads, merges and checks the configuration. Throws `ConfigError`. */
export function loadConfig(input: ConfigInput = {}): LoadedConfig {
  const directory = input.directory ?? process.cwd();
  const env = input.env ?? {};
  const file = input.file ?? (env['LONGSHORE_CONFIG'] || undefined);
  const path = file === undefined ? undefined : resolve(directory, file);
  const places = [fromFlags(input.flags ?? {}, directory), fromEnvironment(env, directory)];
  if (path !== undefined) places.push(fromFile(path));
  for (const place of places) refuseLater(place);

  const config: Record<string, unknown> = {};
  const sources = {} as Record<Key, Source>;
  for (const key of keys) {
    const place = places.find((candidate) => candidate.values.has(flagOf(key)));
    config[key] = place ? readValue(key, place) : defaultValue(key);
    sources[key] = place?.source ?? 'default';
  }
  const checked = Value.Parse(schema, config);
  refuseHalves(checked);
  return { config: checked, sources, ...(path === undefined ? {} : { file: path }) };
}

function fromFlags(given: NonNullable<ConfigInput['flags']>, base: string): Given {
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    refuseUnknown(name, 'flag', (flag) => `--${flag}`);
    values.set(name, [value].flat().map(String));
  }
  return { source: 'flag', base, values, label: (flag, value) => `--${flag} ${value}` };
}

function fromEnvironment(env: NodeJS.ProcessEnv, base: string): Given {
  const values = new Map<string, string[]>();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('LONGSHORE_') || serviceEnvironment.test(name)) continue;
    if (!text || otherEnvironment.includes(name)) continue;
    const flag = name.slice('LONGSHORE_'.length).toLowerCase().replaceAll('_', '-');
    refuseUnknown(flag, 'environment variable', variableOf);
    const isList = flags.some((known) => known.name === flag && known.kind === 'list');
    const parts = isList ? text.split(',').map((part) => part.trim()) : [text];
    values.set(
      flag,
      parts.filter((part) => part !== ''),
    );
  }
  return { source: 'environment', base, values, label: (flag, value) => `${variableOf(flag)}=${value}` };
}

function fromFile(path: string): Given {
  let content: unknown;
  try {
    // Failsafe: every scalar stays text, so that the account 000000000000 is not the number 0.
    content = parseYaml(readFileSync(path, 'utf8'), { schema: 'failsafe' });
  } catch (error) {
    throw new ConfigError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (content === null || content === '') content = {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(`${path} must hold "key: value" lines, e.g. "engine: embedded"`);
  }
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(content)) {
    refuseUnknown(name, 'key', (flag) => flag, ` in ${path}`);
    const parts: unknown[] = [value].flat();
    if (!parts.every((part) => typeof part === 'string')) {
      throw new ConfigError(`${name} in ${path} must be a value or a list of values`);
    }
    values.set(name, parts);
  }
  return {
    source: 'file',
    base: dirname(path),
    values,
    label: (key, value) => `${key}: ${value} in ${path}`,
  };
}

function refuseUnknown(name: string, what: string, spell: (flag: string) => string, where = ''): void {
  const names = flags.map((flag) => flag.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near === undefined ? 'see longshore serve --help' : `did you mean ${spell(near)}?`;
  throw new ConfigError(`unknown ${what} ${spell(name)}${where}: ${hint}`);
}

function refuseLater(place: Given): void {
  for (const [name, rule] of Object.entries(later)) {
    const value = place.values.get(name)?.find((candidate) => !rule.allows(candidate));
    if (value === undefined) continue;
    throw new ConfigError(`${maskSecrets(place.label(name, value))}: not available yet; ${rule.hint}`);
  }
}

function readValue(key: Key, place: Given): unknown {
  const texts = place.values.get(flagOf(key)) ?? [];
  const setting: Setting<Key> = settings[key];
  const isList = kindOf(key) === 'list';
  if (!isList && texts.length !== 1) {
    throw new ConfigError(`${place.label(flagOf(key), texts.join(' '))}: give one value, ${setting.expects}`);
  }
  const values = texts.map((text) => (setting.path && text !== '' ? absolute(text, place.base) : text));
  const value = isList ? values : kindOf(key) === 'switch' ? readSwitch(values[0]) : values[0];
  const bad = values.findIndex((text) => setting.accepts?.(text) === false);
  const errors = Value.Errors(schema.properties[key] as TSchema, value);
  if (bad === -1 && errors.length === 0) return value;
  if (isList && errors.some((error) => error.keyword === 'uniqueItems')) {
    throw new ConfigError(`${place.label(flagOf(key), texts.join(' '))}: the same value twice`);
  }
  const atFault = texts[Math.max(bad, Number(errors[0]?.instancePath.split('/')[1] ?? 0), 0)] ?? '';
  const shown = setting.secret ? '***' : atFault;
  throw new ConfigError(refusal(key, place.label(flagOf(key), shown), atFault));
}

function refusal(key: Key, label: string, text: string): string {
  const choices = settings[key].expects.startsWith('one of ')
    ? settings[key].expects.slice('one of '.length).split(', ')
    : [];
  const near = nearest(text, choices);
  const hint = near === undefined ? '' : `did you mean ${near}? `;
  return `${maskSecrets(label)}: ${hint}expected ${settings[key].expects}`;
}

const readSwitch = (text = '') =>
  ({ true: true, '1': true, yes: true, false: false, '0': false, no: false })[text.toLowerCase()] ?? text;

const absolute = (text: string, base: string) => resolve(base, text.replace(/^~(?=\/|$)/, homedir()));

function defaultValue(key: Key): unknown {
  const { fallback } = settings[key];
  if (typeof fallback !== 'string' || fallback === '') return fallback;
  return settings[key].path ? absolute(fallback, '/') : fallback;
}

/** What `--auth auto` comes to: callers need a credential as soon as another machine can be one. */
export function authMode(config: Config): 'none' | 'optional' | 'required' {
  if (config.auth !== 'auto') return config.auth;
  return config.listen.every((address) => isLoopback(listenAddress(address).host)) ? 'none' : 'required';
}

function refuseHalves(config: Config): void {
  if ((config.tlsCert === '') !== (config.tlsKey === '')) {
    throw new ConfigError('--tls-cert and --tls-key belong together: give both or neither');
  }
  if (config.clientCa !== '' && config.tlsCert === '') {
    throw new ConfigError('--client-ca needs TLS: give --tls-cert and --tls-key too');
  }
  if (config.clientRole.length > 0 && config.clientCa === '') {
    throw new ConfigError('--client-role says what client certificates may do and needs --client-ca');
  }
}

/** `[::1]:80` is `{ host: '::1', port: 80 }`. */
export function listenAddress(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** As it may be shown: without secrets and without the passwords of URLs. */
export function maskedConfig(config: Config): Config {
  const shown = Object.entries(config).map(([key, value]) => [
    key,
    settings[key as Key].secret && value !== '' ? '***' : value,
  ]);
  return JSON.parse(maskSecrets(JSON.stringify(Object.fromEntries(shown)))) as Config;
}

/** Replaces the passwords of URLs in `text`. */
export const maskSecrets = (text: string): string => text.replace(/(:\/\/[^\s:/@]*):[^\s/@]*@/g, '$1:***@');
