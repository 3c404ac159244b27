/** How a connection becomes a WebSocket, or does not, and how it ends with the server. */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { useLiveTrial } from '../../../test/fixtures/live-trial.ts';
import { until } from '../../../test/fixtures/processes.ts';

const trial = useLiveTrial();

describe('the server', () => {
  it('says goodbye when it closes, and cuts off who does not answer', async () => {
    const url = await trial.it.serve({}, { closingMs: 50 });
    const client = await trial.it.connected(`${url}/ws`);
    const deaf = await trial.it.connected(`${url}/ws`);
    deaf.socket.pause();
    const closing = trial.it.server.close();
    expect((await client.next('disconnecting')).payload).toEqual({ reason: 'Server shutdown', code: 1001 });
    expect(await client.ended()).toMatchObject({ code: 1001 });
    trial.it.clock.advance(50);
    await closing;
    await until('the end of both', () => trial.it.server.webSockets() === 0);
  });

  it('asks who comes with plain HTTP for a WebSocket', async () => {
    const answer = await fetch(`${await trial.it.serve()}/ws`);
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket']);
  });

  it('answers requests that would like another protocol, or a WebSocket where there is none', async () => {
    const { hostname, port } = new URL(await trial.it.serve());
    const ask = async (head: string, body = '') => {
      const socket = connect(Number(port), hostname);
      try {
        socket.write(`${head}\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        let text = '';
        for await (const chunk of socket.setEncoding('utf8')) {
          text += chunk;
          if (text.includes('\r\n\r\n') && /[}\]]\s*$/.test(text)) return text;
        }
        return text;
      } finally {
        socket.destroy();
      }
    };
    // As Java's HttpClient and curl --http2 ask.
    const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB';
    const listed = await ask(`POST /v1/ListClusters HTTP/1.1\r\n${h2c}`, '{"maxResults":1}');
    expect(listed).toMatch(/^HTTP\/1.1 200 /);
    expect(listed).toContain('"clusterArns":["a"]');
    const webSocket =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    expect(await ask(`GET /nowhere HTTP/1.1\r\n${webSocket}`)).toMatch(/^HTTP\/1.1 404 /);
    expect(await ask(`GET /health/live HTTP/1.1\r\n${webSocket}`)).toMatch(/^HTTP\/1.1 200 /);
  });
});
