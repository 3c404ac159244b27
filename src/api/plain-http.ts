/** Whoever speaks plain HTTP to a TLS port is told so, instead of being cut off without a word. */
import type { Server, Socket } from 'node:net';

/** The first byte of every TLS connection: the content type of a handshake (RFC 8446, section 5.1). */
const tlsHandshake = 22;
const firstByteWithinMs = 60_000;

const body = JSON.stringify({ code: 'PlainHttp', message: 'This port speaks TLS: use https:// in the URL.' });
const answer =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n' +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Puts a look at the first byte before the TLS server's own handling of connections. */
export function refusePlainHttp(server: Server): void {
  const accept = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const giveUp = () => socket.destroy();
    socket.setTimeout(firstByteWithinMs, giveUp);
    socket.on('error', giveUp);
    socket.once('data', (first: Buffer) => {
      // The timeout stays for who never takes the answer.
      if (first[0] !== tlsHandshake) return void socket.end(answer, giveUp);
      socket.setTimeout(0).off('timeout', giveUp);
      socket.off('error', giveUp);
      socket.pause();
      socket.unshift(first);
      for (const handle of accept) handle.call(server, socket);
    });
  });
}
