import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
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
    const failed = await rejection(
      migrate(db, { engine, migrations: { ...first, '0002-second': bad }, logger: silentLogger }),
    );
    expect(failed).toBeInstanceOf(StorageStartError);
    expect(failed).toMatchObject({ message: expect.stringContaining('0002-second') });
    // The same table is made again, so it cannot have stayed; the first migration does not run twice.
    const good = { ...first, '0002-second': run('create table second (id text)') };
    await migrate(db, { engine, migrations: good, logger: silentLogger });
    await sql`select * from first, second`.execute(db);
    await remove();
  },
);

it('a migration that PostgreSQL breaks off for the sake of somebody else is tried again, and not for ever', async () => {
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

/** Statements after which a program that knew the schema of before would fail at what it does. */
const narrowing: readonly RegExp[] = [
  /^drop table/i,
  /drop column/i,
  /\brename\b/i,
  /set not null/i,
  /add constraint/i,
  /alter column/i,
  /add column (?!.*\bdefault\b).*\bnot null\b/i,
];

it.each(engines)('H260: migrations on %s only ever add, since the first version that was published', async (engine) => {
  const narrow = new Set<string>();
  const migrations = Object.entries(migrationsFor(engine)).map(([name, { up }]) => {
    const watched = async (db: Kysely<unknown>) => {
      const executor = db.getExecutor();
      const execute = executor.executeQuery.bind(executor);
      const value: typeof execute = async (query, options) => {
        if (narrowing.some((pattern) => pattern.test(query.sql))) narrow.add(name);
        return execute(query, options);
      };
      Object.defineProperty(executor, 'executeQuery', { value });
      await up(db);
    };
    return [name, { up: watched }] as const;
  });
  const { db, remove } = await bareDatabase(engine);
  await migrate(db, { engine, migrations: Object.fromEntries(migrations), logger: silentLogger });
  await remove();
  // These two are from before. Another one would have to wait until no program that runs needs what it takes away.
  expect([...narrow]).toEqual(['0006-audit-chain', '0007-rotated-keys']);
});
