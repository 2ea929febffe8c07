import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Database } from '../../src/storage/database.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { put, putAlone, storedKeys } from './rows.ts';

describe.each(engines)('transactions on %s', (engine) => {
  let test: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    test = await createTestDatabase(engine);
    database = test.database;
  });
  afterEach(() => test.destroy());

  it('keep what they wrote and resolve with their result', async () => {
    const result = await database.transaction(async (tx) => {
      await put(tx, 'a');
      return 'done';
    });
    expect(result).toBe('done');
    expect(await storedKeys(database.db)).toEqual(['a']);
  });

  it('roll back when the function throws, and throw the same error', async () => {
    const fault = new Error('no');
    const failing = database.transaction(async (tx) => {
      await put(tx, 'a');
      throw fault;
    });
    await expect(failing).rejects.toBe(fault);
    expect(await storedKeys(database.db)).toEqual([]);
    await putAlone(database, 'b');
    expect(await storedKeys(database.db)).toEqual(['b']);
  });

  it('hide an open transaction from readers, but not from itself', async () => {
    await database.transaction(async (tx) => {
      await put(tx, 'a');
      expect(await storedKeys(tx)).toEqual(['a']);
      expect(await storedKeys(database.db)).toEqual([]);
    });
    expect(await storedKeys(database.db)).toEqual(['a']);
  });

  it('reject a write outside a transaction', async () => {
    const stray = database.db.insertInto('server_state').values({ key: 'a', value: '' }).execute();
    await expect(stray).rejects.toThrow(TypeError);
    await expect(database.db.deleteFrom('server_state').execute()).rejects.toThrow(TypeError);
    await expect(database.db.updateTable('server_state').set({ value: '' }).execute()).rejects.toThrow(TypeError);
    expect(await storedKeys(database.db)).toEqual([]);
  });

  it('abort after a failed statement even if the function continues', async () => {
    await putAlone(database, 'a');
    const careless = database.transaction(async (tx) => {
      await put(tx, 'b');
      await put(tx, 'a').catch(() => undefined);
    });
    await expect(careless).rejects.toThrow(Error);
    expect(await storedKeys(database.db)).toEqual(['a']);
    const moreCareless = database.transaction(async (tx) => {
      await put(tx, 'a').catch(() => undefined);
      await put(tx, 'c');
    });
    await expect(moreCareless).rejects.toThrow(Error);
    expect(await storedKeys(database.db)).toEqual(['a']);
  });

  it('run 200 concurrent transactions, each atomically', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => index);
    await putAlone(database, 'counter', '0');
    await Promise.all(
      ids
        .map((id) =>
          database.transaction(
            async (tx) => {
              await tx
                .updateTable('server_state')
                .set({ value: sql<string>`cast(cast(value as integer) + 1 as text)` })
                .where('key', '=', 'counter')
                .execute();
              await put(tx, `k${id}`);
              if (id % 10 === 0) throw new Error('rolled back');
            },
            { durability: id % 2 === 0 ? 'durable' : 'relaxed' },
          ),
        )
        .map((transaction) => transaction.catch((error: Error) => expect(error.message).toBe('rolled back'))),
    );
    const kept = ids.filter((id) => id % 10 !== 0).map((id) => `k${id}`);
    expect(await storedKeys(database.db)).toEqual(['counter', ...kept].toSorted());
    const counter = await database.db
      .selectFrom('server_state')
      .select('value')
      .where('key', '=', 'counter')
      .executeTakeFirstOrThrow();
    expect(counter.value).toBe('180');
  });

  it('keep what a relaxed transaction wrote', async () => {
    await database.transaction((tx) => put(tx, 'a'), { durability: 'relaxed' });
    await putAlone(database, 'b');
    expect(await storedKeys(database.db)).toEqual(['a', 'b']);
  });

  it('return the number of rows that a write changed', async () => {
    await database.transaction(async (tx) => {
      await put(tx, 'a');
      await put(tx, 'b');
      const updated = await tx.updateTable('server_state').set({ value: 'x' }).executeTakeFirst();
      expect(updated.numUpdatedRows).toBe(2n);
      const deleted = await tx.deleteFrom('server_state').where('key', '=', 'none').executeTakeFirst();
      expect(deleted.numDeletedRows).toBe(0n);
      const returned = await tx.deleteFrom('server_state').where('key', '=', 'a').returningAll().execute();
      expect(returned).toEqual([{ key: 'a', value: 'x' }]);
    });
  });

  it('are rejected after the database was closed, and a running one finishes first', async () => {
    const entered = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const running = database.transaction(async (tx) => {
      entered.resolve();
      await mayGoOn.promise;
      await put(tx, 'a');
    });
    await entered.promise;
    const closing = database.close();
    await expect(putAlone(database, 'b')).rejects.toMatchObject({ code: 'storage_unavailable' });
    mayGoOn.resolve();
    await running;
    await closing;
    await database.close();
    await expect(putAlone(database, 'c')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(database.ping()).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});
