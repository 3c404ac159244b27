import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CareRecords, type CareRecord } from './care-records.ts';

const id = 'a'.repeat(64);
const record: CareRecord = {
  ...{ restartPolicy: { name: 'always' }, autoRemove: false, started: true },
  ...{ restarts: 0, delayMs: 0, stoppedByHand: false },
};

let directory = '';
let records: CareRecords;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ls-care-'));
  records = new CareRecords(directory);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it('keeps what was written last, however many write at once', async () => {
  const all = Array.from({ length: 50 }, (_, restarts) => records.write(id, { ...record, restarts }));
  await Promise.all(all);
  expect(await records.read()).toEqual(new Map([[id, { ...record, restarts: 49 }]]));
  await Promise.all([records.write(id, record), records.remove(id)]);
  expect(await readdir(directory)).toEqual([]);
});

it('takes away what was being written when the process ended', async () => {
  await writeFile(join(directory, `${id}.json.new`), '{"restartP');
  expect(await records.read()).toEqual(new Map());
  expect(await readdir(directory)).toEqual([]);
});
