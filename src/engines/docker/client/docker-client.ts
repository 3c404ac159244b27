/** The Docker Engine API, as far as it is used here. Errors: `DockerApiError`, `EngineError` EngineUnavailable. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../../../core/errors.ts';
import {
  Connection,
  DockerApiError,
  hasStatus,
  isAmbiguous,
  imagePath,
  segment,
  type Call,
  type Hijacked,
} from './connection.ts';
import { jsonLines } from './json-lines.ts';
import { compareVersions, quirksOf, type Quirks } from './quirks.ts';
import type {
  ContainerDetails,
  ContainerSummary,
  CreateContainer,
  ImageDetails,
  PullMessage,
  ServerInfo,
  ServerVersion,
  StatsMessage,
} from './types.ts';

const oldestApi = '1.40';
const newestApi = '1.51';

/** State of Podman's from the stop signal to the end. Docker goes on calling it running. */
export const stopping = 'stopping';

/** While what the container had mounted is still let go of, which a killed Podman left to its helpers. */
const removalTries = 10;
const removalPauseMs = 200;

export type Filters = Record<string, string[]>;

/** Agrees on a version with the engine at `address`. Throws EngineUnavailable, or UnsupportedByEngine if it is too old. */
export async function connectDocker(address: string): Promise<DockerClient> {
  const connection = new Connection(address);
  try {
    const { headers } = await connection.call('GET', '/_ping', { timeoutMs: 10_000 });
    const offered = String(headers['api-version'] ?? '');
    const podman = headers['libpod-api-version'] !== undefined;
    if (!offered || compareVersions(offered, oldestApi) < 0) {
      const version = offered || 'no version';
      const message = `${address} speaks ${version} of the Docker API; ${oldestApi} or later is needed (Docker 19.03, Podman 4)`;
      throw new EngineError('UnsupportedByEngine', message);
    }
    const apiVersion = compareVersions(offered, newestApi) < 0 ? offered : newestApi;
    connection.prefix = `/v${apiVersion}`;
    return new DockerClient(connection, quirksOf({ podman, apiVersion }));
  } catch (error) {
    connection.close();
    if (!(error instanceof DockerApiError)) throw error;
    throw new EngineError(
      'EngineUnavailable',
      `${address} does not answer as a Docker engine: ${error.message}`,
    );
  }
}

export class DockerClient {
  readonly quirks: Quirks;
  /** For calls that nobody but the container host makes. */
  readonly connection: Connection;

  constructor(connection: Connection, quirks: Quirks) {
    this.connection = connection;
    this.quirks = quirks;
  }

  get address(): string {
    return this.connection.address;
  }

  /** Throws EngineUnavailable where nobody answers in time. */
  async ping(): Promise<void> {
    await this.connection.call('GET', '/_ping', { timeoutMs: 5_000 });
  }

  version(): Promise<ServerVersion> {
    return this.connection.json('GET', '/version');
  }

  serverInfo(): Promise<ServerInfo> {
    return this.connection.json('GET', '/info');
  }

  async createContainer(name: string, body: CreateContainer): Promise<string> {
    const { Id } = await this.connection.json<{ Id: string }>('POST', '/containers/create', {
      query: { name },
      body,
    });
    return Id;
  }

  /** Started already: fine. */
  async startContainer(id: string): Promise<void> {
    await this.connection.call('POST', `/containers/${segment(id)}/start`, { timeoutMs: 120_000 });
  }

  /** The container's own stop signal, then SIGKILL. Resolves when it has stopped. Stopped or unknown: fine. */
  async stopContainer(id: string, graceSeconds: number): Promise<void> {
    const call = { query: { t: graceSeconds }, timeoutMs: (graceSeconds + 60) * 1000 };
    await this.connection.call('POST', `/containers/${segment(id)}/stop`, call).catch(absent);
  }

  async unpauseContainer(id: string): Promise<void> {
    await this.connection.call('POST', `/containers/${segment(id)}/unpause`);
  }

  /** Absent: running or not, with its anonymous volumes. Unknown, or being removed by someone else: fine. */
  async removeContainer(id: string, { force = true, volumes = true } = {}): Promise<void> {
    const query = { force: force ? '1' : undefined, v: volumes ? '1' : undefined };
    const call = { query, timeoutMs: 120_000 };
    for (let tries = removalTries; ; tries--) {
      try {
        return void (await this.connection.call('DELETE', `/containers/${segment(id)}`, call));
      } catch (error) {
        const leaving = hasStatus(error, 409) && /already in progress/.test((error as Error).message);
        if (leaving) return;
        if (tries === 1 || !isBusy(error)) return void absent(error);
      }
      await delay(removalPauseMs);
    }
  }

  async inspectContainer(id: string): Promise<ContainerDetails | undefined> {
    try {
      const details = await this.connection.json<ContainerDetails>('GET', `/containers/${segment(id)}/json`);
      // Podman does not call one running that was sent its stop signal, but its processes have yet to end.
      if (details.State.Status === stopping) details.State.Running = true;
      return details;
    } catch (error) {
      return absent(error);
    }
  }

  /** `sizes`: with the bytes that each has written, which takes the engine long to find out. */
  async listContainers(filters: Filters, sizes = false): Promise<ContainerSummary[]> {
    try {
      return await this.#listContainers(filters, sizes);
    } catch (error) {
      if (!goneMeanwhile(error)) throw error;
      return this.#listContainers(filters, sizes);
    }
  }

  #listContainers(filters: Filters, sizes: boolean): Promise<ContainerSummary[]> {
    return this.connection.json('GET', '/containers/json', {
      query: { all: '1', size: sizes ? '1' : undefined, filters: JSON.stringify(filters) },
    });
  }

  /** Framed, unless the container has a terminal. */
  logs(id: string, query: Call['query'], signal?: AbortSignal): Promise<IncomingMessage> {
    return this.connection.stream('GET', `/containers/${segment(id)}/logs`, {
      query: { stdout: '1', stderr: '1', timestamps: '1', ...query },
      signal,
    });
  }

  stats(id: string): Promise<StatsMessage> {
    const query = { stream: 'false', 'one-shot': this.quirks.oneShotStats ? 'true' : undefined };
    return this.connection.json('GET', `/containers/${segment(id)}/stats`, { query });
  }

  /** Since and until: seconds and nanoseconds, `1700000000.000000001`. */
  events(filters: Filters, since: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    return this.connection.stream('GET', '/events', {
      query: { filters: JSON.stringify(filters), since },
      signal,
      // The head comes with the first event on some engines.
      timeoutMs: 0,
    });
  }

  async createExec(container: string, body: Record<string, unknown>): Promise<string> {
    const path = `/containers/${segment(container)}/exec`;
    return (await this.connection.json<{ Id: string }>('POST', path, { body })).Id;
  }

  startExec(id: string, tty: boolean): Promise<Hijacked> {
    return this.connection.hijack(`/exec/${segment(id)}/start`, { Detach: false, Tty: tty });
  }

  async resizeExec(id: string, columns: number, rows: number): Promise<void> {
    await this.connection.call('POST', `/exec/${segment(id)}/resize`, { query: { w: columns, h: rows } });
  }

  /** `Pid`: as the engine's machine counts, 0 where it does not run. */
  inspectExec(id: string): Promise<{ Running: boolean; ExitCode: number | null; Pid?: number }> {
    return this.connection.json('GET', `/exec/${segment(id)}/json`);
  }

  async inspectImage(reference: string): Promise<ImageDetails | undefined> {
    return this.connection
      .json<ImageDetails>('GET', `/images/${imagePath(reference)}/json`)
      .catch((error: unknown) => absent(error));
  }

  /** `tag`: a tag or a digest. Throws what the registry or the engine said, also when it said it half-way. */
  async pullImage(
    pull: { name: string; tag: string; auth?: string; signal?: AbortSignal },
    onMessage: (message: PullMessage) => void,
  ): Promise<void> {
    const response = await this.connection.stream('POST', '/images/create', {
      query: { fromImage: pull.name, tag: pull.tag },
      headers: pull.auth === undefined ? {} : { 'x-registry-auth': pull.auth },
      signal: pull.signal,
      timeoutMs: 0,
    });
    await this.progress(response, onMessage);
  }

  async tagImage(source: string, repo: string, tag: string): Promise<void> {
    await this.connection.call('POST', `/images/${imagePath(source)}/tag`, {
      query: { repo, tag },
    });
  }

  /** Makes an image of one layer from a tar archive. */
  async importImage(tar: NodeJS.ReadableStream, repo: string, tag: string): Promise<void> {
    const response = await this.connection.stream('POST', '/images/create', {
      query: { fromSrc: '-', repo, tag },
      headers: { 'content-type': 'application/x-tar' },
      body: tar,
    });
    await this.progress(response, () => undefined);
  }

  async createVolume(name: string, labels: Record<string, string>): Promise<void> {
    await this.connection.call('POST', '/volumes/create', { body: { Name: name, Labels: labels } });
  }

  async listVolumes(filters: Filters): Promise<string[]> {
    const query = { filters: JSON.stringify(filters) };
    const { Volumes } = await this.connection.json<{ Volumes: { Name: string }[] | null }>(
      'GET',
      '/volumes',
      {
        query,
      },
    );
    return (Volumes ?? []).map(({ Name }) => Name);
  }

  async removeVolume(name: string): Promise<void> {
    await this.connection
      .call('DELETE', `/volumes/${segment(name)}`, { query: { force: '1' } })
      .catch(absent);
  }

  /** What a stream that broke off is to be reported as. */
  lost(error: unknown): EngineError {
    return this.connection.lost(error);
  }

  close(): void {
    this.connection.close();
  }

  /** Reads what a transfer says to its end. Throws what went wrong half-way. */
  async progress(response: IncomingMessage, onMessage: (message: PullMessage) => void): Promise<void> {
    try {
      for await (const message of jsonLines<PullMessage>(response)) {
        const failure = message.errorDetail?.message ?? message.error;
        if (failure !== undefined) throw new DockerApiError(response.statusCode ?? 0, failure);
        onMessage(message);
      }
    } catch (error) {
      throw error instanceof DockerApiError ? error : this.lost(error);
    } finally {
      response.destroy();
    }
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof DockerApiError && /device or resource busy/.test(error.message);

/** Undefined for what is not there; throws any other error. */
function absent(error: unknown): undefined {
  const isGone = hasStatus(error, 404) || goneMeanwhile(error);
  if (isGone && !isAmbiguous(error)) return undefined;
  throw error;
}

/** Podman answers so when what it was asked for went while it answered (4.3: 500, "does not exist in database"). */
function goneMeanwhile(error: unknown): boolean {
  return (
    hasStatus(error, 500) && /no such container|does not exist in database/i.test((error as Error).message)
  );
}
