import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Engine } from '../../src/storage/database.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { migrationsFor } from '../../src/storage/migration-list.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import type { Schema } from '../../src/storage/schema.ts';
import { openWriter } from '../../src/storage/sqlite-connection.ts';
import { sqliteDialect } from '../../src/storage/sqlite-dialect.ts';
import { createTurns } from '../../src/storage/sqlite-turns.ts';
import { createWriterDriver } from '../../src/storage/sqlite-writer.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';
import { createTestPlace, engines, type TestPlace } from '../support/databases.ts';
import { putAlone, rejection, storedKeys } from './rows.ts';

describe.each(engines)('migrations on %s', (engine) => {
  let place: TestPlace;
  const open = () => openDatabase({ url: place.url, logger: silentLogger });

  beforeEach(async () => {
    place = await createTestPlace(engine);
  });
  afterEach(() => place.remove());

  it('run once, and leave what is stored alone', async () => {
    const first = await open();
    await putAlone(first, 'a');
    await first.close();
    const second = await open();
    expect(await storedKeys(second.db)).toEqual(['a']);
    const applied = await sql<{ name: string }>`select name from schema_migrations`.execute(second.db);
    expect(applied.rows).toEqual(Object.keys(migrationsFor(engine)).map((name) => ({ name })));
    await second.close();
  });

  it('are refused by a program that is older than the database, which names both versions', async () => {
    const database = await open();
    await database.transaction((tx) =>
      sql`insert into schema_migrations values ('0099-from-the-future', '2030-01-01T00:00:00.000Z')`.execute(tx),
    );
    await database.close();
    const refused = await rejection(open());
    expect(refused).toBeInstanceOf(StorageStartError);
    expect(refused).toMatchObject({ message: expect.stringMatching(/0099-from-the-future.*\b0\d{3}-[a-z]/u) });
    // Nothing is left locked by the refusal.
    expect(await rejection(open())).toMatchObject({ message: expect.stringContaining('0099-from-the-future') });
  });
});

/** A database that migrations can be run on by hand. */
async function bareDatabase(engine: Engine) {
  if (engine === 'sqlite') {
    const connection = openWriter(':memory:');
    const sync = { committed: () => undefined, fail: () => undefined };
    const options = { connection, turns: createTurns(), sync, timeMsMax: 60_000, onCommit: () => undefined };
    const db = new Kysely<Schema>({ dialect: sqliteDialect(() => createWriterDriver(options)) });
    return { db, remove: async () => connection.close() };
  }
  const place = await createTestPlace(engine);
  const pool = new pg.Pool({ connectionString: place.url });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const remove = async () => {
    await pool.end();
    await place.remove();
  };
  return { db, remove };
}

it.each(engines)(
  'a migration that fails on %s leaves nothing of itself, and what went before stays',
  async (engine) => {
    const { db, remove } = await bareDatabase(engine);
    const run = (statement: string) => ({
      up: async (migrated: Kysely<unknown>) => {
        await sql.raw(statement).execute(migrated);
      },
    });
    const bad = {
      up: async (migrated: Kysely<unknown>) => {
        await sql`create table second (id text)`.execute(migrated);
        await sql`insert into nowhere values (1)`.execute(migrated);
      },
    };
    const first = { '0001-first': run('create table first (id text)') };
    const failed = await rejection(migrate(db, { migrations: { ...first, '0002-second': bad }, logger: silentLogger }));
    expect(failed).toBeInstanceOf(StorageStartError);
    expect(failed).toMatchObject({ message: expect.stringContaining('0002-second') });
    // The same table is made again, so it cannot have stayed; the first migration does not run twice.
    const good = { ...first, '0002-second': run('create table second (id text)') };
    await migrate(db, { migrations: good, logger: silentLogger });
    await sql`select * from first, second`.execute(db);
    await remove();
  },
);
