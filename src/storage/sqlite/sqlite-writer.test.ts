import { Kysely } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { createCommits } from './sqlite-commits.ts';
import { openWriter, type SqliteConnection } from './sqlite-connection.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { createWriteQueue } from './sqlite-write-queue.ts';
import { createWriterDriver } from './sqlite-writer.ts';

let connection: SqliteConnection;

beforeEach(() => {
  connection = openWriter(':memory:');
  connection.run('create table notes (text text) strict', []);
});
afterEach(() => connection.close());

function createWriter(timeMsMax: number) {
  const sync = { committed: () => undefined, fail: () => undefined };
  const commits = createCommits({ connection, sync, areShared: true, onCommit: () => undefined });
  const queue = createWriteQueue();
  return new Kysely<{ notes: { text: string } }>({
    dialect: sqliteDialect(() => createWriterDriver({ commits, queue, timeMsMax })),
  });
}

it('rolls back a transaction that takes too long, and never lets it touch the next one', async () => {
  const writer = createWriter(1);
  const write = (text: string) =>
    writer.transaction().execute((tx) => tx.insertInto('notes').values({ text }).execute());
  let second: Promise<unknown> = Promise.resolve();
  const stuck = writer.transaction().execute(async (tx) => {
    await tx.insertInto('notes').values({ text: 'stuck' }).execute();
    // Two transactions wait for each other: only the time limit ends that.
    second = writer.transaction().execute(async (next) => {
      await next.insertInto('notes').values({ text: 'second' }).execute();
      await expect(tx.insertInto('notes').values({ text: 'late' }).execute()).rejects.toMatchObject({
        code: 'storage_unavailable',
      });
    });
    await second;
  });
  await expect(stuck).rejects.toMatchObject({ code: 'storage_unavailable' });
  await second;
  await write('third');
  const notes = await writer.selectFrom('notes').select('text').execute();
  expect(notes).toEqual([{ text: 'second' }, { text: 'third' }]);
});
