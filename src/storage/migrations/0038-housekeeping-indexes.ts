import { type Kysely, sql } from 'kysely';

/**
 * Indexes by which housekeeping finds what is over. It deletes in small batches, and without an index each batch would read
 * the whole table to find its rows.
 */
export async function housekeepingIndexes(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create index client_keys_by_end on client_keys (publish_until_at) where publish_until_at is not null`,
  `create index refused_attempt_counts_omitted on refused_attempt_counts (minute_at) where omitted > 0`,
];
