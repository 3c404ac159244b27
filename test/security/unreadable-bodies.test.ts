/** Bodies that cannot be read are refused in our own words on every REST face: nothing of the framework shows. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../fixtures/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ flags: ['--engine', 'simulated'] });
});
afterAll(() => server.stop());

const routes = ['/auth/login', '/api/v1/functions', '/api/v2/execute', '/2015-03-31/functions'];
const json = 'application/json';
const huge = `"${'x'.repeat(70 << 20)}"`;
const bodies: [what: string, type: string, body: string, status: number, words: RegExp][] = [
  ['cut short', json, '{"a":', 400, /not valid JSON/],
  ['with a prototype', json, '{"__proto__":{"a":1}}', 400, /__proto__/],
  ['that is empty', json, '', 400, /empty/],
  ['that is a form', 'application/x-www-form-urlencoded', 'a=1', 415, /application\/json/],
  ['that is huge', json, huge, 413, /larger/],
];

for (const route of routes) {
  it.each(bodies)(`refuses on ${route} a body %s`, async (_what, type, body, status, words) => {
    const answer = await send(route, type, body);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).toMatch(words);
    expect(answer.text).not.toMatch(/FST_|content-type is set/);
  });
}

async function send(path: string, type: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  const sent = request(server.url + path, { method: 'POST', headers });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      text(response).then((content) => resolve({ status: response.statusCode!, text: content }), reject);
    });
  });
  sent.end(body);
  return answered.finally(() => sent.destroy());
}
