import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AuditEntry, AuditLog, AuditQuery } from '../../core/ports/audit.ts';
import { createLog } from '../../telemetry/log.ts';
import { openAuditLog, type AuditLogOptions } from './audit-log.ts';

const start = Date.parse('2026-03-01T00:00:00Z');
let directory: string;
let logged: string[];

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'longshore-audit-')), 'audit');
  logged = [];
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

function opened(options: Partial<AuditLogOptions> = {}): AuditLog {
  const destination = new Writable({ write: (line, _, done) => (logged.push(String(line)), done()) });
  const audit = openAuditLog({ directory, log: createLog('info', destination), ...options });
  onTestFinished(() => audit.close());
  return audit;
}

/** Entry number `n`, a second after the one before. */
function entry(n: number, members: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: new Date(start + n * 1000).toISOString(),
    requestId: `request-${n}`,
    subject: 'user:ann',
    kind: 'api-key',
    account: '000000000000',
    address: '127.0.0.1',
    face: 'ecs',
    operation: 'RunTask',
    status: 200,
    result: 'success',
    ...members,
  };
}

const append = (audit: AuditLog, ...entries: AuditEntry[]) =>
  Promise.all(entries.map((each) => new Promise<void>((written) => audit.append(each, written))));

async function read(audit: AuditLog, query: AuditQuery = {}, limit = Infinity) {
  const found: string[] = [];
  let cursor: string | undefined;
  for await (const each of audit.read(query)) {
    found.push(each.entry.requestId);
    cursor = each.cursor;
    if (found.length === limit) break;
  }
  return { found, cursor };
}

const ids = (...numbers: number[]) => numbers.map((n) => `request-${n}`);
const files = async () => (await readdir(directory)).sort();

describe('writing', () => {
  it('is in the file when it calls back, for this user only', async () => {
    const audit = opened();
    await append(audit, entry(1));
    const path = join(directory, 'calls.000001.jsonl');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(entry(1));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('keeps one line per entry, whatever callers put into it', async () => {
    const audit = opened();
    const nasty = 'a\nb\r\u0000\u001b[31m"\\\u2028é🚢';
    await append(audit, entry(1, { target: nasty }), entry(2));
    expect((await readFile(join(directory, 'calls.000001.jsonl'), 'utf8')).split('\n')).toHaveLength(3);
    for await (const { entry: found } of audit.read({ until: start + 2_000 })) {
      expect(found.target).toBe(nasty);
    }
    expect((await read(audit)).found).toEqual(ids(2, 1));
  });

  it('begins a new file when one is full, and keeps only so many, the newest', async () => {
    const audit = opened({ maxFileBytes: 2_000, maxFiles: 3 });
    for (let n = 1; n <= 60; n++) await append(audit, entry(n));
    const kept = await files();
    expect(kept.filter((name) => name.startsWith('calls.'))).toHaveLength(3);
    for (const name of kept) expect((await stat(join(directory, name))).size).toBeLessThanOrEqual(2_000);
    const { found } = await read(audit);
    expect(found.length).toBeGreaterThan(15);
    expect(found).toEqual(ids(...Array.from({ length: found.length }, (_, i) => 60 - i)));
  });

  it('never pushes out what callers did by what strangers tried', async () => {
    const audit = opened({ maxFileBytes: 2_000, maxFiles: 3 });
    await append(audit, entry(1));
    for (let n = 2; n <= 100; n++) {
      await append(audit, entry(n, { kind: n % 2 ? 'unknown' : 'anonymous', status: 401, result: 'denied' }));
    }
    expect((await files()).filter((name) => name.startsWith('outsiders.'))).toHaveLength(2);
    expect((await read(audit)).found.at(-1)).toBe('request-1');
  });

  it('goes on after a restart, and after a crash in the middle of a line', async () => {
    await append(opened(), entry(1));
    await appendFile(join(directory, 'calls.000001.jsonl'), '{"at":"2026-03-01T00:00:0');
    const audit = opened();
    await append(audit, entry(2));
    expect((await read(audit)).found).toEqual(ids(2, 1));
    expect(await files()).toEqual(['calls.000001.jsonl', 'outsiders.000001.jsonl']);
  });

  it('follows no link that somebody put in its place', async () => {
    await openAuditLog({ directory, log: createLog('silent') }).close();
    const elsewhere = join(directory, '..', 'elsewhere');
    await writeFile(elsewhere, '');
    await rm(join(directory, 'calls.000001.jsonl'));
    await symlink(elsewhere, join(directory, 'calls.000001.jsonl'));
    expect(() => opened()).toThrow('ELOOP');
    expect(await readFile(elsewhere, 'utf8')).toBe('');
  });

  it('says once that it cannot write, lets calls go on, and says when it can again', async () => {
    const audit = opened({ maxFileBytes: 700 });
    await append(audit, entry(1), entry(2), entry(3));
    // The next file cannot be opened: its name is a directory's.
    await mkdir(join(directory, 'calls.000002.jsonl'));
    await append(audit, entry(4), entry(5));
    await append(audit, entry(6));
    expect(audit.problem).toMatch(/cannot be written.*EISDIR/);
    expect(logged.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    await rm(join(directory, 'calls.000002.jsonl'), { recursive: true });
    await append(audit, entry(7));
    expect(audit.problem).toBeUndefined();
    expect(logged.at(-1)).toContain('"lostEntries":3');
    expect((await read(audit)).found).toEqual(ids(7, 3, 2, 1));
  });
});

describe('reading', () => {
  it('is newest first over both journals', async () => {
    const audit = opened();
    for (let n = 1; n <= 6; n++) await append(audit, entry(n, n % 3 === 0 ? { kind: 'unknown' } : {}));
    expect((await read(audit)).found).toEqual(ids(6, 5, 4, 3, 2, 1));
  });

  it.each<[AuditQuery, number[]]>([
    [{ subject: 'user:bob' }, [3]],
    [{ operation: 'StopTask' }, [4]],
    [{ face: 'ops' }, [2]],
    [{ result: 'denied' }, [4]],
    [{ account: '111111111111' }, [1]],
    [{ since: start + 2_000, until: start + 4_000 }, [3, 2]],
    [{ since: start + 9_000 }, []],
  ])('finds by %o', async (query, expected) => {
    const audit = opened();
    await append(
      audit,
      entry(1, { account: '111111111111' }),
      entry(2, { face: 'ops' }),
      entry(3, { subject: 'user:bob' }),
      entry(4, { operation: 'StopTask', result: 'denied' }),
    );
    expect((await read(audit, query)).found).toEqual(ids(...expected));
  });

  it('goes on page by page, over files and blocks, undisturbed by what is written meanwhile', async () => {
    const audit = opened({ maxFileBytes: 150_000, maxFiles: 100 });
    const many = Array.from({ length: 2_000 }, (_, n) =>
      entry(n, { target: 'é'.repeat(n % 200), ...(n % 7 === 0 && { kind: 'unknown' }) }),
    );
    await append(audit, ...many);
    expect((await files()).length).toBeGreaterThan(1);
    const all: string[] = [];
    for (let before: string | undefined, page = 0; page < 21; page++) {
      const { found, cursor } = await read(audit, { before }, 100);
      all.push(...found);
      before = cursor;
      await append(audit, entry(5_000 + page));
    }
    expect(all).toEqual(ids(...Array.from({ length: 2_000 }, (_, i) => 1_999 - i)));
  });

  it.each(['', 'x', '1.2', '1.2-3', '1.2-3.4-5.6', '-1.2-3.4', '9'.repeat(40)])(
    'refuses the cursor %j',
    async (before) => {
      await expect(read(opened(), { before })).rejects.toMatchObject({ code: 'InvalidParameter' });
    },
  );

  it('leaves out what is no entry', async () => {
    const audit = opened();
    await append(audit, entry(1));
    await appendFile(join(directory, 'calls.000001.jsonl'), 'null\n[]\n"x"\n{"at":5}\n\n\u0000\u0000\n');
    await append(audit, entry(2));
    expect((await read(audit)).found).toEqual(ids(2, 1));
  });

  it('finds nothing where nothing was ever written', async () => {
    const audit = opened();
    await rm(directory, { recursive: true });
    expect((await read(audit)).found).toEqual([]);
  });
});
