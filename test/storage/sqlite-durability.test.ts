import { copyFile, type FileHandle } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Database } from '../../src/storage/database.ts';
import { openSqliteDatabase } from '../../src/storage/sqlite/sqlite-database.ts';
import { createTestPlace, type TestPlace } from '../support/databases.ts';
import { put, putAlone, rejection, storedKeys } from './rows.ts';

/** A disk whose syncs end when the test says so. */
function createDisk() {
  let isHeld = false;
  const held: PromiseWithResolvers<void>[] = [];
  let syncs = 0;
  return {
    get syncs() {
      return syncs;
    },
    get waiting() {
      return held.length;
    },
    hold: () => {
      isHeld = true;
    },
    endSync: () => held.shift()?.resolve(),
    failSync: (cause: unknown) => held.shift()?.reject(cause),
    syncFile: async (file: FileHandle) => {
      syncs += 1;
      if (isHeld) {
        const sync = Promise.withResolvers<void>();
        held.push(sync);
        await sync.promise;
      }
      await file.datasync();
    },
  };
}

const loopTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('durable commits on SQLite', () => {
  let place: TestPlace;
  let database: Database;
  let disk: ReturnType<typeof createDisk>;
  let path: string;

  beforeEach(async () => {
    place = await createTestPlace('sqlite');
    path = place.url.slice('sqlite:'.length);
    disk = createDisk();
    database = await openSqliteDatabase({ path, logger: silentLogger, syncFile: disk.syncFile });
  });
  afterEach(async () => {
    await database.close();
    await place.remove();
  });

  async function untilSyncWaits(): Promise<void> {
    while (disk.waiting === 0) await loopTurn();
  }

  it('share one sync between concurrent transactions', async () => {
    const before = disk.syncs;
    await Promise.all(Array.from({ length: 30 }, (_, index) => putAlone(database, `k${index}`)));
    expect(disk.syncs - before).toBe(1);
    await putAlone(database, 'alone');
    expect(disk.syncs - before).toBe(2);
  });

  it('are visible to the transactions that share them, and to no one else before they commit', async () => {
    const first = putAlone(database, 'a');
    const second = database.transaction(async (tx) => [await storedKeys(tx), await storedKeys(database.db)]);
    expect(await second).toEqual([['a'], []]);
    await first;
    expect(await storedKeys(database.db)).toEqual(['a']);
  });

  it('are acknowledged only after a sync that began after them has ended', async () => {
    disk.hold();
    const acknowledged: string[] = [];
    const first = putAlone(database, 'first').then(() => acknowledged.push('first'));
    await untilSyncWaits();
    const second = putAlone(database, 'second').then(() => acknowledged.push('second'));
    // The second has committed. The sync of the first is still running and does not count for it.
    while ((await storedKeys(database.db)).length < 2) await loopTurn();
    expect(acknowledged).toEqual([]);
    disk.endSync();
    await first;
    await untilSyncWaits();
    expect(acknowledged).toEqual(['first']);
    disk.endSync();
    await second;
    expect(acknowledged).toEqual(['first', 'second']);
  });

  it('do not block the event loop, reads or other transactions while the disk is slow', async () => {
    disk.hold();
    let isAcknowledged = false;
    const slow = putAlone(database, 'slow').then(() => {
      isAcknowledged = true;
    });
    await untilSyncWaits();
    for (let turn = 0; turn < 100; turn += 1) {
      await loopTurn();
      await database.db.selectFrom('server_state').selectAll().execute();
    }
    await database.transaction((tx) => put(tx, 'relaxed'), { durability: 'relaxed' });
    expect(await storedKeys(database.db)).toEqual(['relaxed', 'slow']);
    expect(isAcknowledged).toBe(false);
    disk.endSync();
    await slow;
    // The relaxed one is synced at closing.
    const closing = database.close();
    await untilSyncWaits();
    disk.endSync();
    await closing;
  });

  it('need no sync for a read-only transaction, which waits only for what it may have read', async () => {
    const before = disk.syncs;
    await database.transaction((tx) => storedKeys(tx));
    expect(disk.syncs).toBe(before);
    disk.hold();
    const write = putAlone(database, 'a');
    await untilSyncWaits();
    let isAnswered = false;
    const read = database
      .transaction((tx) => storedKeys(tx))
      .then((keys) => {
        isAnswered = true;
        return keys;
      });
    for (let turn = 0; turn < 20; turn += 1) await loopTurn();
    expect(isAnswered).toBe(false);
    disk.endSync();
    await write;
    expect(await read).toEqual(['a']);
    expect(disk.syncs - before).toBe(1);
  });

  it('are all rejected after a sync has failed', async () => {
    const cause = new Error('EIO');
    disk.hold();
    const waiting = [putAlone(database, 'a'), putAlone(database, 'b')].map(rejection);
    await untilSyncWaits();
    const queued = rejection(putAlone(database, 'c'));
    while ((await storedKeys(database.db)).length < 3) await loopTurn();
    disk.failSync(cause);
    for (const failure of await Promise.all([...waiting, queued])) {
      expect(failure).toMatchObject({ code: 'storage_unavailable', cause });
    }
    await expect(putAlone(database, 'd')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(database.transaction((tx) => put(tx, 'e'), { durability: 'relaxed' })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await expect(database.ping()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await storedKeys(database.db)).not.toContain('d');
  });

  it('are complete in the file and its log on disk when they are acknowledged', async () => {
    // The minimum after a power cut: the database file as it was, and the log as it was last synced.
    const copyPath = `${path}.copy`;
    await putAlone(database, 'a');
    await putAlone(database, 'b');
    await copyFile(path, copyPath);
    await copyFile(`${path}-wal`, `${copyPath}-wal`);
    const recovered = new DatabaseSync(copyPath);
    expect(recovered.prepare('select key from server_state order by key').all()).toEqual([{ key: 'a' }, { key: 'b' }]);
    recovered.close();
  });
});
