import { stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Database } from '../../src/storage/database.ts';
import { walBytesKept } from '../../src/storage/limits.ts';
import { createTestDatabase, type TestDatabase } from '../support/databases.ts';
import { put, putAlone, storedKeys } from './rows.ts';

const large = 'x'.repeat(200_000);
const unavailable = { code: 'storage_unavailable' };

describe('faults of a SQLite file', () => {
  let test: TestDatabase;
  let database: Database;
  let path: string;

  beforeEach(async () => {
    test = await createTestDatabase('sqlite');
    database = test.database;
    path = test.url.slice('sqlite:'.length);
  });
  afterEach(() => test.destroy());

  /** Sets a property of the connection that writes. */
  const setPragma = (pragma: string) => database.transaction((tx) => sql.raw(`pragma ${pragma}`).execute(tx));

  it('a full disk causes storage_unavailable, keeps reads working, and recovers', async () => {
    await putAlone(database, 'a');
    await setPragma('max_page_count = 100');
    await expect(putAlone(database, 'b', large)).rejects.toMatchObject({
      ...unavailable,
      cause: expect.objectContaining({ errcode: 13 }),
    });
    expect(await storedKeys(database.db)).toEqual(['a']);
    await setPragma('max_page_count = 100000');
    // It writes a value, because a write has failed.
    await database.ping();
    expect(await storedKeys(database.db)).toEqual(['a', 'written-to-see']);
    await putAlone(database, 'b', large);
    expect(await storedKeys(database.db)).toEqual(['a', 'b', 'written-to-see']);
  });

  it('a read-only file causes storage_unavailable and keeps reads working', async () => {
    await putAlone(database, 'a');
    await setPragma('query_only = 1');
    await expect(putAlone(database, 'b')).rejects.toMatchObject(unavailable);
    expect(await storedKeys(database.db)).toEqual(['a']);
  });

  it('the readiness probe reports a fault from the first write that fails', async () => {
    await database.ping();
    await setPragma('query_only = 1');
    await expect(putAlone(database, 'a')).rejects.toMatchObject(unavailable);
    for (let asked = 0; asked < 2; asked += 1) await expect(database.ping()).rejects.toMatchObject(unavailable);
  });

  it('hand-written SQL that writes outside a transaction is rejected', async () => {
    const stray = sql`insert into server_state values ('a', '')`.execute(database.db);
    await expect(stray).rejects.toMatchObject(unavailable);
    expect(await storedKeys(database.db)).toEqual([]);
  });

  it('a transaction waits for another program that writes, without blocking reads or the event loop', async () => {
    const other = new DatabaseSync(path);
    other.exec("begin immediate; insert into server_state values ('other', '')");
    const waiting = putAlone(database, 'ours');
    for (let turn = 0; turn < 50; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(await storedKeys(database.db)).toEqual([]);
    }
    other.exec('commit');
    other.close();
    await waiting;
    expect(await storedKeys(database.db)).toEqual(['other', 'ours']);
  });

  it('the log stays small, however much is written', async () => {
    const logBytesMax = 100_000_000;
    for (let round = 0; round < 40; round += 1) {
      const keys = Array.from({ length: 50 }, (_, index) => `${round}-${index}`);
      await Promise.all(
        keys.map((key) => database.transaction((tx) => put(tx, key, large), { durability: 'relaxed' })),
      );
    }
    // 400 MB were written.
    expect((await stat(`${path}-wal`)).size).toBeLessThan(logBytesMax);
    await test.database.close();
    const file = new DatabaseSync(path, { readOnly: true });
    expect(file.prepare('select count(*) as count from server_state').get()).toEqual({ count: 2_000 });
    expect(file.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    file.close();
  });

  it('a log that grew while another program read the file is truncated again', async () => {
    const logBytes = async () => (await stat(`${path}-wal`)).size;
    const keptBytes = walBytesKept + 1_000_000;
    const write = async (round: number) =>
      Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          database.transaction((tx) => put(tx, `${round}-${index}`, large), { durability: 'relaxed' }),
        ),
      );
    await putAlone(database, 'a');
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec('begin; select * from server_state');
    let round = 0;
    for (; (await logBytes()) < 1.5 * keptBytes; round += 1) await write(round);
    reader.exec('rollback');
    reader.close();
    for (let tries = 0; (await logBytes()) > keptBytes && tries < 40; tries += 1) await write(round + tries);
    expect(await logBytes()).toBeLessThanOrEqual(keptBytes);
  });
});
