/**
 * A process for each call, as Piston does it, but without its walls: so it costs less here than there. Told by its
 * parent what to start, tells it the port, ends with it.
 */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

process.on('disconnect', () => process.exit());
process.once('message', ({ argv }: { argv: [string, ...string[]] }) => {
  const server = createServer((request, response) => {
    const answered = (status: number, body: Buffer) => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    };
    call(argv, request).then(
      (result) => answered(200, result),
      (error: Error) => answered(500, Buffer.from(error.message)),
    );
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
});

/** What it wrote to its standard output. */
function call([program, ...args]: [string, ...string[]], request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.stdin.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`${program} ended with ${code}`));
    });
    request.pipe(child.stdin);
  });
}
