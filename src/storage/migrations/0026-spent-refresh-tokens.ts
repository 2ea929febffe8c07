import { type Kysely, sql } from 'kysely';

/**
 * The refresh tokens that a session exchanged a moment ago.
 *
 * Two tabs refresh with one cookie at once, and an answer gets lost on its way. Until now the second request looked like
 * theft and ended the session. A session therefore remembers the hashes of the tokens it exchanged in the last seconds,
 * when each was exchanged, and the data key that its successor was derived with. With the spent token in hand the server
 * derives the same successor again. The column holds nothing that could be redeemed. It is a JSON array, newest last.
 */
export async function spentRefreshTokens(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column spent_tokens text not null default '[]'`.execute(db);
}
