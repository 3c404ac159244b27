/** The ECS API over plain fetch, as AWS JSON 1.1. */
import { apiKey } from './api-key.ts';
import { CliError } from './failure.ts';

export const defaultEndpoint = 'http://127.0.0.1:8080';

export interface EcsTask {
  taskArn: string;
  lastStatus: string;
  stoppedReason?: string;
  containers: {
    name: string;
    lastStatus?: string;
    reason?: string;
    exitCode?: number;
    networkBindings?: { bindIP?: string; hostPort?: number; containerPort?: number }[];
  }[];
}

export class EcsClient {
  readonly endpoint: string;
  readonly #key = apiKey();

  /** Throws `CliError` when `endpoint` is no http URL. */
  constructor(endpoint: string) {
    if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
      throw new CliError(`--endpoint ${endpoint}: expected a URL such as ${defaultEndpoint}`, 2);
    }
    this.endpoint = endpoint.replace(/\/+$/, '');
  }

  /** Throws `CliError` with the service's message, or with why it cannot be reached. */
  async call<T>(action: string, input: object, signal?: AbortSignal): Promise<T> {
    const response = await this.#fetch('/', signal, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
      },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    const answer = parseAnswer(text);
    if (!answer) throw new CliError(`what answers at ${this.endpoint} is not Longshore (${response.status})`);
    if (!response.ok) {
      const type = answer.__type?.replace(/^.*#/, '') ?? String(response.status);
      throw new CliError(`${action}: ${type}: ${answer.message ?? text}`);
    }
    return answer as T;
  }

  /** The container's output as the server streams it. */
  async logs(
    task: string,
    container: string,
    query: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const id = task.split('/').at(-1) ?? task;
    const path = `/api/tasks/${encodeURIComponent(id)}/containers/${encodeURIComponent(container)}/logs`;
    const response = await this.#fetch(`${path}?${new URLSearchParams(query).toString()}`, signal);
    if (response.ok) return response;
    const text = await response.text();
    throw new CliError(`logs of ${container} in ${id}: ${parseAnswer(text)?.message ?? text}`);
  }

  async isReachable(signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#fetch('/health', signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether the server's engine only pretends. */
  async isSimulated(signal?: AbortSignal): Promise<boolean> {
    const response = await this.#fetch('/health', signal);
    const health = (await response.json()) as { details?: { engine?: { simulated?: boolean } } };
    return health.details?.engine?.simulated === true;
  }

  async #fetch(path: string, signal?: AbortSignal, init: RequestInit = {}): Promise<Response> {
    try {
      const headers = new Headers(init.headers);
      if (this.#key) headers.set('x-api-key', this.#key);
      const response = await fetch(this.endpoint + path, { ...init, headers, signal });
      if (response.status === 401) throw this.#refused();
      return response;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError') {
        throw new CliError(`${this.endpoint} did not answer in time`);
      }
      if (signal?.aborted || error instanceof CliError) throw error;
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new CliError(`no server answers at ${this.endpoint} (${cause}): start one with longshore serve`);
    }
  }

  #refused(): CliError {
    const wrong = this.#key ? 'does not accept the key in LONGSHORE_API_KEY' : 'asks for a credential';
    return new CliError(
      `${this.endpoint} ${wrong}: make one with longshore key create on its machine, and put it into ` +
        'LONGSHORE_API_KEY',
    );
  }
}

/** Undefined when it is no JSON object. */
function parseAnswer(text: string): { __type?: string; message?: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
