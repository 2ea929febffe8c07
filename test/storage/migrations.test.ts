import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import type { Engine } from '../../src/storage/database.ts';
import { migrate } from '../../src/storage/migrations/migrate.ts';
import { migrationsFor } from '../../src/storage/migrations/migration-list.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';
import { bareDatabase } from '../support/bare-database.ts';
import { createTestPlace, engines, type TestPlace } from '../support/databases.ts';
import { putAlone, rejection, storedKeys } from './rows.ts';

describe.each(engines)('migrations on %s', (engine) => {
  let place: TestPlace;
  const open = () => openDatabase({ url: place.url, logger: silentLogger });

  beforeEach(async () => {
    place = await createTestPlace(engine);
  });
  afterEach(() => place.remove());

  it('run once and do not change stored rows', async () => {
    const first = await open();
    await putAlone(first, 'a');
    await first.close();
    const second = await open();
    expect(await storedKeys(second.db)).toEqual(['a']);
    const applied = await sql<{ name: string }>`select name from schema_migrations`.execute(second.db);
    expect(applied.rows).toEqual(Object.keys(migrationsFor(engine)).map((name) => ({ name })));
    await second.close();
  });

  it('stop an older program on a newer database with an error that names both versions', async () => {
    const database = await open();
    await database.transaction((tx) =>
      sql`insert into schema_migrations values ('0099-from-the-future', '2030-01-01T00:00:00.000Z')`.execute(tx),
    );
    await database.close();
    const refused = await rejection(open());
    expect(refused).toBeInstanceOf(StorageStartError);
    expect(refused).toMatchObject({ message: expect.stringMatching(/0099-from-the-future.*\b0\d{3}-[a-z]/u) });
    // The refusal leaves nothing locked.
    expect(await rejection(open())).toMatchObject({ message: expect.stringContaining('0099-from-the-future') });
  });
});

it.each(engines)('rolls back a failed migration on %s and keeps the earlier ones', async (engine) => {
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
  const failed = await rejection(
    migrate(db, { engine, migrations: { ...first, '0002-second': bad }, logger: silentLogger }),
  );
  expect(failed).toBeInstanceOf(StorageStartError);
  expect(failed).toMatchObject({ message: expect.stringContaining('0002-second') });
  // Creates the same table again, so the failed migration left none. The first migration does not run twice.
  const good = { ...first, '0002-second': run('create table second (id text)') };
  await migrate(db, { engine, migrations: good, logger: silentLogger });
  await sql`select * from first, second`.execute(db);
  await remove();
});

it('retries a migration that PostgreSQL aborts because of a deadlock, a limited number of times', async () => {
  const { db, remove } = await bareDatabase('postgres');
  let runs = 0;
  const brokenOff = (timesMax: number) => ({
    up: async (migrated: Kysely<unknown>) => {
      runs += 1;
      if (runs > timesMax) return;
      await sql`do $$ begin raise exception using errcode = '40P01'; end $$`.execute(migrated);
    },
  });
  await migrate(db, { engine: 'postgres', migrations: { '0001-first': brokenOff(3) }, logger: silentLogger });
  expect(runs).toBe(4);
  runs = 0;
  const failed = await rejection(
    migrate(db, {
      engine: 'postgres',
      migrations: { '0001-first': brokenOff(0), '0002-second': brokenOff(1000) },
      logger: silentLogger,
    }),
  );
  expect(failed).toMatchObject({ message: expect.stringContaining('0002-second') });
  await remove();
});

/** Statements after which a program of the previous version would fail. */
const narrowing: readonly RegExp[] = [
  /^drop table/i,
  /drop column/i,
  /\brename\b/i,
  /set not null/i,
  /add constraint/i,
  /alter column/i,
  /add column (?!.*\bdefault\b).*\bnot null\b/i,
];

/** Runs migrations on an empty database; returns the names of those with a narrowing statement. */
async function findNarrowing(engine: Engine, migrations: Record<string, Migration>): Promise<string[]> {
  const narrow = new Set<string>();
  const watched = Object.entries(migrations).map(([name, { up }]) => {
    const run = async (db: Kysely<unknown>) => {
      const executor = db.getExecutor();
      const execute = executor.executeQuery.bind(executor);
      const value: typeof execute = async (query, options) => {
        if (narrowing.some((pattern) => pattern.test(query.sql))) narrow.add(name);
        return execute(query, options);
      };
      Object.defineProperty(executor, 'executeQuery', { value });
      await up(db);
    };
    return [name, { up: run }] as const;
  });
  const { db, remove } = await bareDatabase(engine);
  await migrate(db, { engine, migrations: Object.fromEntries(watched), logger: silentLogger });
  await remove();
  return [...narrow];
}

// A migration that narrows must wait until no running program needs what it removes.
it.each(engines)('H260: the migrations on %s only add to the schema', async (engine) => {
  expect(await findNarrowing(engine, migrationsFor(engine))).toEqual([]);
});

it.each(engines)('H260: detects a later migration on %s that removes or renames a column', async (engine) => {
  const later = (statement: string): Migration => ({
    up: async (db: Kysely<unknown>) => {
      await sql.raw(statement).execute(db);
    },
  });
  const migrations = {
    ...migrationsFor(engine),
    '0997-adds': later('alter table users add column nickname text'),
    '0998-renames': later('alter table users rename column nickname to alias'),
    '0999-removes': later('alter table users drop column alias'),
  };
  expect(await findNarrowing(engine, migrations)).toEqual(['0998-renames', '0999-removes']);
});
