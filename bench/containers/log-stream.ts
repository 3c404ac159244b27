/** Output that is followed, on one stream: how many lines a second come through, and what the server keeps of them. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { median, type Figures } from '../harness/figures.ts';
import { ourCall, type Contenders } from './contenders.ts';

const linesGoal = { atLeast: 50_000 };
const growthGoal = { atMost: 16 };
const sampleEveryMs = 250;
const MIB = 1024;

export interface LogSizes {
  rounds: number;
  /** Of each round: fewer than fill one file of the container's output, for Docker drops some where one is replaced. */
  lines: number;
  /** How long the stream is whose memory is measured. */
  seconds: number;
}

export async function measureLogStream(
  contenders: Contenders,
  { rounds, lines, seconds }: LogSizes,
  figures: Figures,
): Promise<void> {
  const { engine } = contenders;
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) rates.push(await throughput(contenders, lines));
  figures.put(`followed lines (${engine})`, 'lines/s', rates, { goal: linesGoal });
  const { memory, rate } = await longStream(contenders, seconds);
  const third = Math.ceil(memory.length / 3);
  const growth = median(memory.slice(-third)) - median(memory.slice(third, 2 * third));
  figures.put(`lines of a long stream (${engine})`, 'lines/s', [rate]);
  figures.put(`memory over a long stream (${engine})`, 'MiB', memory);
  figures.put(`growth of memory over a long stream (${engine})`, 'MiB', [growth], { goal: growthGoal });
}

/** Lines a second from the first to the last, of a container that writes as fast as it can. */
async function throughput(contenders: Contenders, lines: number): Promise<number> {
  const script = `seq 1 ${lines}; echo over; exec sleep 100000`;
  return withContainer(contenders, script, async (id) => {
    let first = 0;
    let seen = 0;
    await follow(contenders.port, id, (count, text) => {
      first ||= performance.now();
      seen += count;
      return !text.includes('"over"');
    });
    if (seen !== lines + 1) throw new Error(`${seen - 1} of ${lines} lines came`);
    return lines / ((performance.now() - first) / 1000);
  });
}

/** Of a container that writes without end, with a pause now and then, so that a slow reader keeps up. */
async function longStream(
  contenders: Contenders,
  seconds: number,
): Promise<{ memory: number[]; rate: number }> {
  const script = 'while :; do seq 1 20000; sleep 0.3; done';
  return withContainer(contenders, script, async (id) => {
    const memory: number[] = [];
    const sampler = setInterval(() => memory.push(memoryMib(contenders.serverPid)), sampleEveryMs);
    const startedAt = performance.now();
    let seen = 0;
    try {
      await follow(contenders.port, id, (count) => {
        seen += count;
        return performance.now() - startedAt < seconds * 1000;
      });
    } finally {
      clearInterval(sampler);
    }
    return { memory, rate: seen / seconds };
  });
}

/** The stream is open before the container writes its first line. */
async function withContainer<T>(
  { ours, image }: Contenders,
  script: string,
  work: (id: string) => Promise<T>,
): Promise<T> {
  const body = { image, command: ['sh', '-c', script] };
  const { data } = await ours.call(ourCall('POST', '/containers', body));
  const { id } = data as { id: string };
  const working = work(id);
  working.catch(() => undefined);
  await ours.call(ourCall('POST', `/containers/${id}/start`));
  const result = await working;
  await ours.call(ourCall('DELETE', `/containers/${id}?force=true`));
  return result;
}

/** Reads until `take`, which gets how many lines ended in a piece of text, and the text, says no. */
function follow(port: number, id: string, take: (lines: number, text: string) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const path = `/api/v1/containers/${id}/logs?follow=true&tail=all`;
    const call = request({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      let ended = '';
      answer.setEncoding('latin1');
      answer.on('data', (text: string) => {
        // The end of the last piece too: what is looked for may be in two.
        if (take(linesIn(text), ended + text)) return void (ended = text.slice(-256));
        answer.destroy();
        resolve();
      });
      answer.on('end', () => reject(new Error('the stream ended early')));
    });
    call.on('error', reject);
    call.end();
  });
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function memoryMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / MIB;
}
