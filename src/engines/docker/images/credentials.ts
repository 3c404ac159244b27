/** What Docker's own `config.json` knows about registries (docs.docker.com, "docker login", credential stores). */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hub } from './reference.ts';

export type RegistryCredentials =
  | { username: string; password: string }
  /** Given to the registry's token server in place of a password. */
  | { identityToken: string };

interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
}

const hubKey = 'https://index.docker.io/v1/';
const helperTimeoutMs = 15_000;
const helperForm = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** `directory`: absent, `$DOCKER_CONFIG` or `~/.docker`. Undefined where nothing is stored for `registry`. */
export async function storedCredentials(
  registry: string,
  directory = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
): Promise<RegistryCredentials | undefined> {
  const path = join(directory, 'config.json');
  const config = await readConfig(path);
  const keys = registry === hub ? [hubKey, 'index.docker.io', hub] : [registry, `https://${registry}`];
  for (const key of keys) {
    const helper = config.credHelpers?.[key] ?? config.credHelpers?.[registry] ?? config.credsStore;
    const fromHelper = helper === undefined ? undefined : await askHelper(helper, key);
    if (fromHelper) return fromHelper;
  }
  const entries = Object.entries(config.auths ?? {}).map(([key, entry]) => [normal(key), entry] as const);
  const found = entries.find(([key]) => keys.some((wanted) => normal(wanted) === key))?.[1];
  if (!found) return undefined;
  if (found.identitytoken) return { identityToken: found.identitytoken };
  if (found.username && found.password) return { username: found.username, password: found.password };
  return decode(found.auth);
}

async function readConfig(path: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new Error(`cannot read registry credentials from ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text) as DockerConfig;
  } catch {
    throw new Error(`cannot read registry credentials from ${path}: it is not JSON`);
  }
}

const normal = (key: string) => key.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');

function decode(auth: string | undefined): RegistryCredentials | undefined {
  const text = Buffer.from(auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `docker-credential-<name> get`: the server on its input, JSON on its output. Undefined where it knows none. */
function askHelper(name: string, server: string): Promise<RegistryCredentials | undefined> {
  if (!helperForm.test(name))
    return Promise.reject(new Error(`"${name}" is not the name of a credential helper`));
  const program = `docker-credential-${name}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], timeout: helperTimeoutMs });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) =>
      reject(new Error(`credential helper ${program} cannot run: ${error.message}`)),
    );
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString('utf8');
      if (code !== 0) return resolve(undefined);
      try {
        const { Username, Secret } = JSON.parse(text) as { Username?: string; Secret?: string };
        if (!Username || !Secret) return resolve(undefined);
        resolve(
          Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret },
        );
      } catch {
        reject(new Error(`credential helper ${program} answered something that is not JSON`));
      }
    });
    child.stdin.end(server);
  });
}
