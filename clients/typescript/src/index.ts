/** A client of Longshore's REST routes, with types from the server's own OpenAPI document. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './generated/openapi.ts';

export type { components, operations, paths } from './generated/openapi.ts';

export interface ClientOptions {
  /** Of the server: `http://127.0.0.1:8080`. */
  url: string;
  /** From `longshore key create`. Give this, or `token`, or neither where the server asks for none. */
  apiKey?: string;
  /** From `POST /auth/login` or `longshore token create`. */
  token?: string;
  /** In place of the global one: for a proxy, or for a test. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Where a route has several forms of answer, the types are those of its JSON. */
export type LongshoreClient = Client<paths, 'application/json'>;

/** Answers are `{ data }` or `{ error }`, each with the types of its route, and `response`. Throws where none comes. */
export function createLongshoreClient({ url, apiKey, token, fetch }: ClientOptions): LongshoreClient {
  return createClient<paths, 'application/json'>({
    baseUrl: url,
    headers: {
      ...(apiKey !== undefined && { 'X-API-Key': apiKey }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(fetch && { fetch }),
  });
}
