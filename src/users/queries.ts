import type { Insertable, Selectable } from 'kysely';

import type { UserId } from '../contract/ids.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';
import { type Params, statement } from '../storage/statement.ts';

export type UserRow = Selectable<Schema['users']>;

export async function findUser(db: Db | Tx, id: UserId): Promise<UserRow | undefined> {
  return userById.first(db, { id });
}

const userById = statement((db: Db | Tx, { id }: Params<{ id: UserId }>) =>
  db.selectFrom('users').selectAll().where('id', '=', id),
);

/** The account with an id, locked until the transaction ends. */
export async function lockUserShared(tx: Tx, id: UserId): Promise<UserRow | undefined> {
  return tx.selectFrom('users').selectAll().where('id', '=', id).forShare().executeTakeFirst();
}

/** The one account with an address that signs in with a password. */
export async function findUserWithPassword(db: Db, emailKey: string): Promise<UserRow | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('email_key', '=', emailKey)
    .where('password_hash', 'is not', null)
    .executeTakeFirst();
}

export async function insertUser(tx: Tx, row: Insertable<Schema['users']>): Promise<void> {
  await tx.insertInto('users').values(row).execute();
}
