import { randomUUID } from 'node:crypto';

import type { Insertable } from 'kysely';

import type { Database, Db, Tx } from '../../src/storage/database.ts';
import type { Schema } from '../../src/storage/schema/schema.ts';

/** The time in created rows. No test reads the clock. */
export const someTime = 1_800_000_000_000;

/** An organization's row with its own id and slug. */
export function organizationRow(changes: Partial<Insertable<Schema['organizations']>> = {}) {
  const id = randomUUID();
  return {
    id,
    name: 'Practice',
    slug: id,
    auth_enforced: 0,
    bypass_org_auth_enabled: 0,
    default_membership_role: 'member',
    user_token_expiration: '30d',
    provisioning_policy: 'just-in-time',
    created_at: someTime,
    updated_at: someTime,
    ...changes,
  } satisfies Insertable<Schema['organizations']>;
}

/** A user's row with its own id. */
export function userRow(changes: Partial<Insertable<Schema['users']>> = {}) {
  return {
    id: randomUUID(),
    username: 'alice',
    email: 'alice@example.com',
    email_key: 'alice@example.com',
    first_name: '',
    last_name: '',
    is_email_verified: 0,
    is_instance_admin: 0,
    password_hash: null,
    created_at: someTime,
    updated_at: someTime,
    ...changes,
  } satisfies Insertable<Schema['users']>;
}

/** Writes one entry of the server's state. */
export async function put(tx: Tx, key: string, value = ''): Promise<void> {
  await tx.insertInto('server_state').values({ key, value }).execute();
}

/** Writes one entry in a transaction of its own. */
export async function putAlone(database: Database, key: string, value = ''): Promise<void> {
  await database.transaction((tx) => put(tx, key, value));
}

/** The keys of the server's state, sorted. */
export async function storedKeys(db: Db | Tx): Promise<string[]> {
  const rows = await db.selectFrom('server_state').select('key').orderBy('key').execute();
  return rows.map((row) => row.key);
}

/** The error that a promise rejects with. Fails if the promise does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (reason: unknown) => reason,
  );
}
