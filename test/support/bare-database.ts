import { Kysely, PostgresDialect } from 'kysely';

import type { Engine } from '../../src/storage/database.ts';
import type { Schema } from '../../src/storage/schema/schema.ts';
import { createCommits } from '../../src/storage/sqlite/sqlite-commits.ts';
import { openWriter } from '../../src/storage/sqlite/sqlite-connection.ts';
import { sqliteDialect } from '../../src/storage/sqlite/sqlite-dialect.ts';
import { createWriteQueue } from '../../src/storage/sqlite/sqlite-write-queue.ts';
import { createWriterDriver } from '../../src/storage/sqlite/sqlite-writer.ts';
import { createTestPlace } from './databases.ts';
import { openTestPool } from './postgres-databases.ts';

/** A database without migrations, for a test that runs them. */
export async function bareDatabase(engine: Engine) {
  if (engine === 'sqlite') {
    const connection = openWriter(':memory:');
    const sync = { committed: () => undefined, fail: () => undefined };
    const commits = createCommits({ connection, sync, areShared: false, onCommit: () => undefined });
    const options = { commits, queue: createWriteQueue(), timeMsMax: 60_000 };
    const db = new Kysely<Schema>({ dialect: sqliteDialect(() => createWriterDriver(options)) });
    return { db, remove: async () => connection.close() };
  }
  const place = await createTestPlace(engine);
  const pool = openTestPool(place.url);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const remove = async () => {
    await pool.end();
    await place.remove();
  };
  return { db, remove };
}
