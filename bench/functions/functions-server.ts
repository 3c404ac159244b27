/** A server of functions as strangers may call it: with API keys. No containers, no limits of rates. */
import { createApiKey } from '../../src/core/credentials.ts';
import { ownerOfData } from '../../src/core/principal.ts';
import { openSealer } from '../../src/store/secrets/sealer.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import type { Cleanup } from '../harness/cleanup.ts';
import { postRequest } from '../harness/http-load.ts';
import { JsonClient, type JsonAnswer } from '../harness/json-client.ts';
import { startLongshore } from '../harness/longshore.ts';

const account = '000000000000';
const prefix = '/api/v1';

/** Of `initialize`. */
export interface SessionRequest {
  context?: { timeout_ms?: number; retain_session?: boolean };
  script_content?: string;
}

export class FunctionsServer {
  readonly port: number;
  readonly #key: string;
  readonly #client: JsonClient;

  static async start(cleanup: Cleanup): Promise<FunctionsServer> {
    let key = '';
    const prepare = async (dataDir: string) => void (key = await makeKey(dataDir));
    const headers = () => ({ 'x-api-key': key });
    const flags = ['--engine', 'simulated', '--auth', 'required', '--rate-exclude', '127.0.0.1'];
    const { port } = await startLongshore(cleanup, flags, { prepare, headers });
    const client = new JsonClient({ host: '127.0.0.1', port });
    cleanup.add(() => client.close());
    return new FunctionsServer(port, key, client);
  }

  private constructor(port: number, key: string, client: JsonClient) {
    this.port = port;
    this.#key = key;
    this.#client = client;
  }

  /** The session's id. */
  async initialize(title: string, request: SessionRequest = {}): Promise<string> {
    const { request_id: id } = await this.#client.call({
      method: 'POST',
      path: `${prefix}/initialize`,
      headers: { ...this.#credential, 'language-title': title },
      body: request,
    });
    return id as string;
  }

  execute(session: string, params: object): Promise<JsonAnswer> {
    const path = `${prefix}/execute/${session}`;
    const headers = { ...this.#credential, 'x-cache-control': 'no-cache' };
    return this.#client.exchange({ method: 'POST', path, headers, body: { params } });
  }

  /** The same for a load. */
  executeRequest(session: string, params: object, cacheControl: string): Buffer {
    const headers = {
      ...this.#credential,
      'content-type': 'application/json',
      'x-cache-control': cacheControl,
    };
    return postRequest(`${prefix}/execute/${session}`, headers, { params });
  }

  async publish(languageTitle: string, definition: object): Promise<void> {
    const body = { language_title: languageTitle, ...definition };
    await this.#client.call({ method: 'POST', path: `${prefix}/functions`, headers: this.#credential, body });
  }

  /** Its sessions end with it. */
  async unpublish(languageTitle: string): Promise<void> {
    const path = `${prefix}/functions/${languageTitle}`;
    await this.#client.call({ method: 'DELETE', path, headers: this.#credential });
  }

  get #credential() {
    return { 'x-api-key': this.#key };
  }
}

async function makeKey(dataDir: string): Promise<string> {
  const store = await openSqliteStore({ directory: dataDir });
  try {
    const core = { store, clock: systemClock, sealer: openSealer(dataDir) };
    return (await createApiKey(core, ownerOfData(account), { role: 'admin' })).key;
  } finally {
    await store.close();
  }
}
