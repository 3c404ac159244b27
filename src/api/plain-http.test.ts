import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { refusePlainHttp } from './plain-http.ts';

async function refusing(): Promise<{ port: number; open: () => Promise<number>; handed: Socket[] }> {
  const handed: Socket[] = [];
  const server = createServer((socket) => handed.push(socket));
  refusePlainHttp(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of handed) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  return { port: (server.address() as { port: number }).port, open, handed };
}

it('lets go of who was told, also where that one never closes', async () => {
  const { port, open } = await refusing();
  const clients = Array.from({ length: 20 }, () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  onTestFinished(() => clients.forEach((client) => client.destroy()));
  for (const client of clients) {
    client.on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  }
  const [answer] = (await once(clients[0]!, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 .*This port speaks TLS/s);
  await expect.poll(open).toBe(0);
});

it('hands on whoever begins a handshake, with what was read', async () => {
  const { port, handed } = await refusing();
  const client = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void client.destroy());
  client.write(Buffer.from([22, 3, 1]));
  await expect.poll(() => handed.length).toBe(1);
  const read: Buffer[] = [];
  handed[0]!.on('data', (chunk: Buffer) => read.push(chunk)).resume();
  await expect.poll(() => Buffer.concat(read).toJSON().data).toEqual([22, 3, 1]);
});
