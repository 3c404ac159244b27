/** Whatever bytes come in, the server answers with 4xx or hangs up: no 5xx, no crash, no growth of memory. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { startServer, type TestServer } from '../fixtures/server.ts';
import { malformedRequests } from '../fixtures/malformed-requests.ts';

const RUNS = process.env['LONGSHORE_LONG'] === '1' ? 100_000 : 1_000;
const AT_ONCE = 16;
const BATCH = 250;
const ANSWERED_WITHIN_MS = 20_000;
/** What V8 keeps for itself from one moment to another. */
const NOISE_MB = 48;

test.each([
  ['authentication off', ['--auth', 'none']],
  ['authentication optional', ['--auth', 'optional', '--anonymous-role', 'operator']],
])(
  `${RUNS / 2} malformed requests, %s`,
  async (_, flags) => {
    const server = await startServer({ flags: [...flags, '--log-level', 'error'] });
    onTestFinished(() => server.stop());
    const seed = Math.floor(Math.random() * 2 ** 31);
    const batches = RUNS / 2 / BATCH;
    let settled = 0;
    for (let batch = 0; batch < batches; batch++) {
      const requests = fc.sample(malformedRequests, { numRuns: BATCH, seed: seed + batch });
      await send(server, requests, `seed ${seed + batch}`);
      // By then everything was compiled and every buffer had its size.
      if (batch === Math.ceil(batches / 2) - 1) settled = await megabytes(server.pid);
    }
    // V8 gives back what is free when it has nothing else to do: what leaks stays.
    const memory = expect.poll(() => megabytes(server.pid), { timeout: 120_000, interval: 500 });
    await memory.toBeLessThan(settled + NOISE_MB);
    expect((await fetch(`${server.url}/v1/ListClusters`, { method: 'POST' })).status).toBe(200);
    expect(server.log()).not.toMatch(/request failed|uncaught|unhandled|Error:/i);
  },
  30 * 60_000,
);

async function send(server: TestServer, requests: readonly Buffer[], seed: string): Promise<void> {
  const left = [...requests];
  const answered = { count: 0 };
  const sendNext = async () => {
    for (let bytes = left.pop(); bytes !== undefined; bytes = left.pop()) {
      const answer = await exchange(server.url, bytes);
      const statuses = [...answer.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map((match) => Number(match[1]));
      answered.count += statuses.length;
      const failed = statuses.some((status) => status >= 500 && status !== 501);
      expect(failed, `${seed}: ${JSON.stringify(bytes.toString('latin1').slice(0, 2000))}\n${answer}`).toBe(
        false,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  // A server that hung up on everything would pass otherwise.
  expect(answered.count).toBeGreaterThan(requests.length / 2);
}

/** Writes all, says that no more comes, and reads until the server hangs up. */
function exchange(url: string, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    const late = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `no end of the answer to ${JSON.stringify(bytes.toString('latin1').slice(0, 2000))}: ${answer}`,
        ),
      );
    }, ANSWERED_WITHIN_MS);
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    // The server may hang up while we still write.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.once('close', () => {
      clearTimeout(late);
      resolve(answer);
    });
    socket.end(bytes);
  });
}

async function megabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}
