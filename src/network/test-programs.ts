/** Small real servers and clients that tests run inside network namespaces. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { run } from './command.ts';

/** Answers every TCP connection and UDP packet on `port` with `word` and the peer's address. */
export async function serveIn(namespacePath: string, port: number, word: string): Promise<ChildProcess> {
  const script = `
    const net = require('node:net'), udp = require('node:dgram').createSocket('udp4');
    const server = net.createServer((socket) => socket.end('${word} ' + socket.remoteAddress));
    udp.on('message', (_, peer) => udp.send('${word} ' + peer.address, peer.port, peer.address));
    server.listen(${String(port)}, '0.0.0.0', () => udp.bind(${String(port)}, () => console.log('ready')));`;
  const child = spawn('nsenter', [`--net=${namespacePath}`, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** What a TCP server says; the error code where there is none within `timeoutMs`. */
export function ask(host: string, port: number, timeoutMs = 2000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let answer = '';
    socket.setTimeout(timeoutMs, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve(answer));
  });
}

export async function askUdp(host: string, port: number): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.send('hello', port, host);
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(2000) })) as [Buffer];
    return answer.toString();
  } finally {
    socket.close();
  }
}

/** The same as `ask`, from inside a namespace. */
export async function askFrom(
  namespacePath: string,
  host: string,
  port: number,
  timeoutMs = 2000,
): Promise<string> {
  const script = `
    const socket = require('node:net').connect({ host: '${host}', port: ${String(port)} });
    socket.setTimeout(${String(timeoutMs)}, () => { console.log('ETIMEDOUT'); process.exit(); });
    socket.on('data', (chunk) => process.stdout.write(chunk));
    socket.on('error', (error) => console.log(error.code));`;
  return (await run('nsenter', [`--net=${namespacePath}`, process.execPath, '-e', script])).trim();
}
