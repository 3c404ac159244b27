import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection, loadDriver } from './driver.ts';
import { Changes, RecordCache } from './record-cache.ts';
import { Session } from './session.ts';

describe('a session', () => {
  let connection: Connection;
  beforeEach(async () => {
    connection = new Connection(await loadDriver(), ':memory:');
    connection.exec('CREATE TABLE t (v TEXT); PRAGMA max_page_count = 2');
  });
  afterEach(() => connection.close());

  const fill = () => connection.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(100_000));
  const full = { code: 'Unavailable' };

  it('of a transaction does nothing more once the storage has failed, and does not end well', () => {
    const session = new Session(connection, new RecordCache(1), new Changes());
    expect(() => session.run(fill)).toThrow(expect.objectContaining(full));
    let ran = false;
    expect(() => session.run(() => (ran = true))).toThrow(expect.objectContaining(full));
    expect(ran).toBe(false);
    expect(() => session.end()).toThrow(expect.objectContaining(full));
  });

  it('of readers goes on after a failure', () => {
    const session = new Session(connection, new RecordCache(1));
    expect(() => session.run(fill)).toThrow(expect.objectContaining(full));
    expect(session.run(() => connection.prepare('SELECT count(*) AS n FROM t').get()?.n)).toBe(0);
  });

  it('passes on what is not the fault of the storage, and goes on', () => {
    const session = new Session(connection, new RecordCache(1), new Changes());
    expect(() => session.run(() => connection.prepare('SELECT * FROM nope'))).toThrow('no such table');
    session.end();
  });
});
