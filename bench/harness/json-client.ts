/** JSON over kept-alive HTTP connections, the same client for every contender. */
import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';

/** `ca`: the server speaks TLS, with a certificate of this authority (PEM). */
export type Target = { socketPath: string } | { host: string; port: number; ca?: string };

export interface JsonCall {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

export interface JsonAnswer {
  status: number;
  isJson: boolean;
  text: string;
}

export class JsonClient {
  readonly #target: Target;
  readonly #tls: boolean;
  readonly #agent: Agent;

  constructor(target: Target) {
    this.#target = target;
    this.#tls = 'ca' in target;
    this.#agent = new (this.#tls ? TlsAgent : Agent)({ keepAlive: true, scheduling: 'lifo' });
  }

  /** Throws where the answer's status is not 2xx or 304, with its text. An empty answer is an empty object. */
  async call(call: JsonCall): Promise<Record<string, unknown>> {
    const { status, isJson, text } = await this.exchange(call);
    if (status !== 304 && (status < 200 || status > 299)) {
      throw new Error(`${call.method} ${call.path}: ${status} ${text}`);
    }
    // A stream of progress, as of a pull, is read to its end and not looked at.
    const isOne = isJson && !text.includes('}\r\n{');
    return isOne && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
  }

  /** Whatever the status is. */
  exchange({ method, path, headers, body }: JsonCall): Promise<JsonAnswer> {
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const call = (this.#tls ? requestTls : request)({
        ...this.#target,
        agent: this.#agent,
        method,
        path,
        headers: {
          ...(content && { 'content-type': 'application/json', 'content-length': content.length }),
          ...headers,
        },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            isJson: response.headers['content-type']?.includes('json') === true,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      call.end(content);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
