import { type Migration } from 'kysely/migration';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
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
    expect(applied.rows).toEqual([{ name: '0001-first-schema' }]);
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
    expect(refused).toMatchObject({ message: expect.stringMatching(/0099-from-the-future.*0001-first-schema/u) });
    // Nothing is left locked by the refusal.
    expect(await rejection(open())).toMatchObject({ message: expect.stringContaining('0099-from-the-future') });
  });
});
