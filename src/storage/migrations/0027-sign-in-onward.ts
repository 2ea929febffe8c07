import { type Kysely, sql } from 'kysely';

/**
 * Where the sign-in that made a session leads, sealed for the `state` of that sign-in.
 *
 * A browser that repeats its callback (a reload, the "back" button) has no cookie of that attempt any more, although it is
 * signed in. If the seal of its session opens with the repeated `state`, the callback belongs to that session, and the
 * browser goes on to the same place instead of to an error.
 */
export async function signInOnward(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column sign_in_onward text`.execute(db);
}
