import { expect, it } from 'vitest';
import { frames } from './frames.ts';

function frame(type: number, text: string): Buffer {
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function read(bytes: Buffer, step: number): Promise<string[]> {
  async function* cut() {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  const found: string[] = [];
  for await (const { stream, payload } of frames(cut())) found.push(`${stream}:${payload.toString()}`);
  return found;
}

it.each([1, 3, 8, 9, 1000])('reads frames cut every %i bytes', async (step) => {
  const bytes = Buffer.concat([frame(1, 'out é'), frame(2, 'err'), frame(0, 'in'), frame(1, '')]);
  expect(await read(bytes, step)).toEqual(['stdout:out é', 'stderr:err', 'stdout:in']);
});

it("throws the engine's own error", async () => {
  await expect(read(frame(3, 'it broke\n'), 5)).rejects.toThrow('it broke');
});

it('refuses what is not framed', async () => {
  await expect(read(Buffer.from('plain text of a terminal'), 7)).rejects.toThrow('not a framed stream');
});
