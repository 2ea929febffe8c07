import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fromBit, toBit } from '../../src/storage/schema/codecs.ts';
import { violatedConstraint } from '../../src/storage/constraint.ts';
import type { Database, Tx } from '../../src/storage/database.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { organizationRow, putAlone, rejection, someTime, userRow } from './rows.ts';

const texts = {
  empty: '',
  quotes: `'"\`;--\\`,
  'right to left': 'שלום עולם',
  'beyond the basic plane': '👩‍👩‍👧 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  'combining, not normalised': 'e\u0301 \u00e9',
  long: 'ä'.repeat(100_000),
};

describe.each(engines)('values on %s', (engine) => {
  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    database = test.database;
  });
  afterAll(() => test.destroy());

  const failure = (write: (tx: Tx) => Promise<unknown>) => rejection(database.transaction(write));

  it.each(Object.entries(texts))('returns text unchanged: %s', async (key, text) => {
    await putAlone(database, key, text);
    const row = await database.db.selectFrom('server_state').select('value').where('key', '=', key).executeTakeFirst();
    expect(row?.value).toBe(text);
  });

  it('returns integers up to 2^53 - 1, booleans and null unchanged', async () => {
    const row = organizationRow({ created_at: Number.MAX_SAFE_INTEGER, updated_at: -1, auth_enforced: toBit(true) });
    const user = userRow({ password_hash: null });
    await database.transaction(async (tx) => {
      await tx.insertInto('organizations').values(row).execute();
      await tx.insertInto('users').values(user).execute();
    });
    const stored = await database.db
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', row.id)
      .executeTakeFirstOrThrow();
    expect(stored).toEqual(row);
    expect(fromBit(stored.auth_enforced)).toBe(true);
    expect(fromBit(stored.bypass_org_auth_enabled)).toBe(false);
    const found = await database.db.selectFrom('users').selectAll().where('id', '=', user.id).executeTakeFirst();
    expect(found).toEqual(user);
  });

  it('returns counts as numbers', async () => {
    const counted = await database.db
      .selectFrom('organizations')
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(counted.count).toBeTypeOf('number');
  });

  it('rejects an integer that no number can represent instead of rounding it', async () => {
    const query = sql`select cast(9007199254740993 as bigint) as large`.execute(database.db);
    await expect(query).rejects.toThrow(RangeError);
    await database.ping();
  });

  it('sorts text byte for byte', async () => {
    const names = ['Zoo', 'apple', 'Äpfel', 'zoo', 'a-b', 'ab', 'a b'];
    const user = userRow();
    const rows = names.map((name) => ({ ...user, id: `sort-${name}`, email_key: 'sorted', username: name }));
    await database.transaction((tx) => tx.insertInto('users').values(rows).execute());
    const sorted = await database.db
      .selectFrom('users')
      .select('username')
      .where('email_key', '=', 'sorted')
      .orderBy('username')
      .execute();
    expect(sorted.map((row) => row.username)).toEqual(['Zoo', 'a b', 'a-b', 'ab', 'apple', 'zoo', 'Äpfel']);
  });

  it('names a violated unique index or primary key', async () => {
    const row = organizationRow();
    await database.transaction((tx) => tx.insertInto('organizations').values(row).execute());
    const sameId = await failure((tx) =>
      tx
        .insertInto('organizations')
        .values({ ...row, slug: 'other' })
        .execute(),
    );
    expect(violatedConstraint(sameId)).toBe('unique');
    const sameSlug = await failure((tx) =>
      tx
        .insertInto('organizations')
        .values({ ...row, id: 'other' })
        .execute(),
    );
    expect(violatedConstraint(sameSlug)).toBe('unique');
  });

  it('lets two users share an address, unless both have a password', async () => {
    const withPassword = userRow({ email_key: 'shared', password_hash: 'x' });
    await database.transaction(async (tx) => {
      await tx.insertInto('users').values(withPassword).execute();
      await tx
        .insertInto('users')
        .values(userRow({ email_key: 'shared' }))
        .execute();
    });
    const third = await failure((tx) =>
      tx
        .insertInto('users')
        .values(userRow({ email_key: 'shared', password_hash: 'y' }))
        .execute(),
    );
    expect(violatedConstraint(third)).toBe('unique');
  });

  it('names a violated foreign key, and no constraint for other errors', async () => {
    const orphan = await failure((tx) =>
      tx
        .insertInto('groups')
        .values({
          id: 'g',
          organization_id: 'nobody',
          name: 'g',
          slug: 'g',
          role: 'member',
          created_at: someTime,
          updated_at: someTime,
        })
        .execute(),
    );
    expect(violatedConstraint(orphan)).toBe('foreign_key');
    expect(violatedConstraint(await rejection(sql`select * from nowhere`.execute(database.db)))).toBeUndefined();
    expect(violatedConstraint(new Error('UNIQUE constraint failed'))).toBeUndefined();
    const checked = await failure((tx) =>
      sql`insert into group_memberships values ('g', 'u', 'o', 'neither', 0)`.execute(tx),
    );
    expect(violatedConstraint(checked)).toBeUndefined();
  });

  it('rejects text in an integer column, and an integer that is not a boolean', async () => {
    const row = organizationRow();
    await database.transaction((tx) => tx.insertInto('organizations').values(row).execute());
    await failure((tx) => sql`update organizations set created_at = 'soon' where id = ${row.id}`.execute(tx));
    await failure((tx) => sql`update organizations set auth_enforced = 2 where id = ${row.id}`.execute(tx));
    const stored = await database.db.selectFrom('organizations').selectAll().where('id', '=', row.id).execute();
    expect(stored).toEqual([row]);
  });

  it('deletes the rows of an organization with it, and no others', async () => {
    const [gone, stays, user] = [organizationRow(), organizationRow(), userRow()];
    const membership = (organizationId: string) => ({
      id: `m-${organizationId}`,
      organization_id: organizationId,
      user_id: user.id,
      role: 'member' as const,
      status: 'accepted',
      email_key: user.email_key,
      is_active: toBit(true),
      source: 'sso' as const,
      created_at: someTime,
      updated_at: someTime,
      last_login_method: null,
      last_login_at: null,
    });
    await database.transaction(async (tx) => {
      await tx.insertInto('organizations').values([gone, stays]).execute();
      await tx.insertInto('users').values(user).execute();
      await tx
        .insertInto('memberships')
        .values([membership(gone.id), membership(stays.id)])
        .execute();
    });
    await database.transaction((tx) => tx.deleteFrom('organizations').where('id', '=', gone.id).execute());
    const left = await database.db.selectFrom('memberships').select('id').where('user_id', '=', user.id).execute();
    expect(left).toEqual([{ id: `m-${stays.id}` }]);
  });
});
